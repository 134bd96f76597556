# SPDX-License-Identifier: MIT
# Written by bindings/generate.py --library from the library's tables of parameters.
from typing import Iterable, Literal

from ._algorithms import Hybrid, Part, algorithms, load, parameters
from ._data import Builder, Data, Trail
from ._errors import (
    BadFormat,
    Cancelled,
    InputOutputError,
    InternalError,
    InvalidArgument,
    NotFound,
    NumericError,
    OutOfMemory,
    RecoError,
    Unsupported,
    WrongState,
)
from ._models import Model, Report
from ._questions import Batch, Recommendations

__version__: str
__all__ = [
    "BadFormat",
    "Batch",
    "Builder",
    "Cancelled",
    "Data",
    "InputOutputError",
    "InternalError",
    "InvalidArgument",
    "Model",
    "NotFound",
    "NumericError",
    "OutOfMemory",
    "RecoError",
    "Recommendations",
    "Report",
    "Trail",
    "Unsupported",
    "WrongState",
    "algorithms",
    "load",
    "parameters",
    "Popular",
    "Random",
    "Baseline",
    "ItemKNN",
    "UserKNN",
    "ALS",
    "Covisit",
    "Content",
    "Weighted",
]


class Popular(Model):
    """What is taken most, lately if asked: the baseline to beat.

    half_life_days: age in days at which an event counts half; 0 = never ages (0 to 36500; default 0)
    window_days: only events of the last so many days count; 0 = all (0 to 36500; default 0)
    by: a field of tokens, of users, contexts or items: what is taken by such users, at such moments, or of such items; empty: by all (text; default '')
    threads: threads a fit may use; 0 = all the process may use (0 to 1024; default 0)
    seed: of the random numbers; the same seed gives the same model (0 to 9007199254740992; default 1)
    memory_limit: bytes a fit may take; 0 = the machine's memory (0 to 9007199254740992; default 0)"""

    def __init__(
        self,
        *,
        half_life_days: float = 0.0,
        window_days: float = 0.0,
        by: str = "",
        threads: int = 0,
        seed: int = 1,
        memory_limit: float = 0.0,
    ) -> None: ...
    @property
    def half_life_days(self) -> float: ...
    @property
    def window_days(self) -> float: ...
    @property
    def by(self) -> str: ...
    @property
    def threads(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def memory_limit(self) -> float: ...


class Random(Model):
    """Uniformly random items: the floor of every metric.

    threads: threads a fit may use; 0 = all the process may use (0 to 1024; default 0)
    seed: of the random numbers; the same seed gives the same model (0 to 9007199254740992; default 1)
    memory_limit: bytes a fit may take; 0 = the machine's memory (0 to 9007199254740992; default 0)"""

    def __init__(
        self,
        *,
        threads: int = 0,
        seed: int = 1,
        memory_limit: float = 0.0,
    ) -> None: ...
    @property
    def threads(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def memory_limit(self) -> float: ...


class Baseline(Model):
    """Ratings predicted by the means of who asks and of the item: the baseline of ratings.

    regularization: how little to trust users and items with few ratings: so many ratings of the mean are added to theirs (0 to 1000000000; default 5)
    iterations: rounds of alternating least squares (1 to 10000; default 10)
    threads: threads a fit may use; 0 = all the process may use (0 to 1024; default 0)
    seed: of the random numbers; the same seed gives the same model (0 to 9007199254740992; default 1)
    memory_limit: bytes a fit may take; 0 = the machine's memory (0 to 9007199254740992; default 0)"""

    def __init__(
        self,
        *,
        regularization: float = 5.0,
        iterations: int = 10,
        threads: int = 0,
        seed: int = 1,
        memory_limit: float = 0.0,
    ) -> None: ...
    @property
    def regularization(self) -> float: ...
    @property
    def iterations(self) -> int: ...
    @property
    def threads(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def memory_limit(self) -> float: ...


class ItemKNN(Model):
    """Items taken by the same users as those of the history.

    similarity: of two items, by who took them (cosine, jaccard; default 'cosine')
    weighting: of an item's users, for similarity: tfidf and bm25 count those less who take much; jaccard takes none (none, tfidf, bm25; default 'none')
    values: what a value x counts: 2x / (1 + x), x or 1 (saturated, raw, binary; default 'saturated')
    k: neighbors kept for each item (1 to 100000; default 50)
    shrink: added to the similarity's denominator: how little to trust pairs with few users in common (0 to 1000000000; default 50)
    min_overlap: users that two items must have in common to be neighbors (1 to 1000000000; default 1)
    normalize: 1: divide scores by the sum of the item's similarities (0 to 1; default 0)
    threads: threads a fit may use; 0 = all the process may use (0 to 1024; default 0)
    seed: of the random numbers; the same seed gives the same model (0 to 9007199254740992; default 1)
    memory_limit: bytes a fit may take; 0 = the machine's memory (0 to 9007199254740992; default 0)"""

    def __init__(
        self,
        *,
        similarity: Literal["cosine", "jaccard"] = "cosine",
        weighting: Literal["none", "tfidf", "bm25"] = "none",
        values: Literal["saturated", "raw", "binary"] = "saturated",
        k: int = 50,
        shrink: float = 50.0,
        min_overlap: int = 1,
        normalize: int = 0,
        threads: int = 0,
        seed: int = 1,
        memory_limit: float = 0.0,
    ) -> None: ...
    @property
    def similarity(self) -> Literal["cosine", "jaccard"]: ...
    @property
    def weighting(self) -> Literal["none", "tfidf", "bm25"]: ...
    @property
    def values(self) -> Literal["saturated", "raw", "binary"]: ...
    @property
    def k(self) -> int: ...
    @property
    def shrink(self) -> float: ...
    @property
    def min_overlap(self) -> int: ...
    @property
    def normalize(self) -> int: ...
    @property
    def threads(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def memory_limit(self) -> float: ...


class UserKNN(Model):
    """What was taken by those who took the same.

    similarity: of two users, by what they took (cosine, jaccard; default 'cosine')
    weighting: of a user's items, for similarity: tfidf and bm25 count those less that many take; jaccard takes none (none, tfidf, bm25; default 'tfidf')
    values: what a value x counts: 2x / (1 + x), x or 1 (saturated, raw, binary; default 'saturated')
    k: neighbors that answer (1 to 100000; default 50)
    shrink: added to the similarity's denominator: how little to trust users with few items in common (0 to 1000000000; default 0)
    min_overlap: items that two users must have in common to be neighbors (1 to 1000000000; default 1)
    normalize: 1: divide scores by the sum of the neighbors' similarities (0 to 1; default 0)
    threads: threads a fit may use; 0 = all the process may use (0 to 1024; default 0)
    seed: of the random numbers; the same seed gives the same model (0 to 9007199254740992; default 1)
    memory_limit: bytes a fit may take; 0 = the machine's memory (0 to 9007199254740992; default 0)"""

    def __init__(
        self,
        *,
        similarity: Literal["cosine", "jaccard"] = "cosine",
        weighting: Literal["none", "tfidf", "bm25"] = "tfidf",
        values: Literal["saturated", "raw", "binary"] = "saturated",
        k: int = 50,
        shrink: float = 0.0,
        min_overlap: int = 1,
        normalize: int = 0,
        threads: int = 0,
        seed: int = 1,
        memory_limit: float = 0.0,
    ) -> None: ...
    @property
    def similarity(self) -> Literal["cosine", "jaccard"]: ...
    @property
    def weighting(self) -> Literal["none", "tfidf", "bm25"]: ...
    @property
    def values(self) -> Literal["saturated", "raw", "binary"]: ...
    @property
    def k(self) -> int: ...
    @property
    def shrink(self) -> float: ...
    @property
    def min_overlap(self) -> int: ...
    @property
    def normalize(self) -> int: ...
    @property
    def threads(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def memory_limit(self) -> float: ...


class ALS(Model):
    """Factors of users and items for implicit feedback, by alternating least squares.

    objective: what is minimized: ials (any value counts as one) or hkv (values are weights) (ials, hkv; default 'ials')
    factors: length of the factors (1 to 4096; default 96)
    iterations: times that users and items are solved for (1 to 10000; default 12)
    regularization: weight of the factors' squares (0 to 1000000000; default 0.006)
    regularization_exponent: ials: how regularization grows with a row's entries; 0 = not at all (0 to 4; default 1)
    unobserved_weight: ials: weight of the pairs not observed; 0 = 1000 / sqrt(users * items), at most 0.5 (0 to 1000000; default 0)
    alpha: hkv: confidence of a pair of value 1 (0 to 1000000000; default 1)
    confidence: hkv: alpha * value (linear) or alpha * log(1 + value) (log) (linear, log; default 'linear')
    solver: how rows are solved: cg (a few steps) or cholesky (exactly) (cg, cholesky; default 'cg')
    cg_steps: cg: steps a row (1 to 1000; default 3)
    threads: threads a fit may use; 0 = all the process may use (0 to 1024; default 0)
    seed: of the random numbers; the same seed gives the same model (0 to 9007199254740992; default 1)
    memory_limit: bytes a fit may take; 0 = the machine's memory (0 to 9007199254740992; default 0)"""

    def __init__(
        self,
        *,
        objective: Literal["ials", "hkv"] = "ials",
        factors: int = 96,
        iterations: int = 12,
        regularization: float = 0.006,
        regularization_exponent: float = 1.0,
        unobserved_weight: float = 0.0,
        alpha: float = 1.0,
        confidence: Literal["linear", "log"] = "linear",
        solver: Literal["cg", "cholesky"] = "cg",
        cg_steps: int = 3,
        threads: int = 0,
        seed: int = 1,
        memory_limit: float = 0.0,
    ) -> None: ...
    @property
    def objective(self) -> Literal["ials", "hkv"]: ...
    @property
    def factors(self) -> int: ...
    @property
    def iterations(self) -> int: ...
    @property
    def regularization(self) -> float: ...
    @property
    def regularization_exponent(self) -> float: ...
    @property
    def unobserved_weight(self) -> float: ...
    @property
    def alpha(self) -> float: ...
    @property
    def confidence(self) -> Literal["linear", "log"]: ...
    @property
    def solver(self) -> Literal["cg", "cholesky"]: ...
    @property
    def cg_steps(self) -> int: ...
    @property
    def threads(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def memory_limit(self) -> float: ...


class Covisit(Model):
    """What came next after what was looked at last: sequential rules.

    steps: how many events later an item still counts as next (1 to 1000; default 10)
    decay: what d events later counts: 1 / d (inverse), 1 / d^2 (square) or 1 (none) (inverse, square, none; default 'inverse')
    k: rules kept for each item (1 to 100000; default 100)
    last: how many of the asker's last events are looked at (1 to 100; default 2)
    gap_minutes: a pause of more minutes ends a session; 0 = whatever a user did is one session (0 to 10000000; default 0)
    threads: threads a fit may use; 0 = all the process may use (0 to 1024; default 0)
    seed: of the random numbers; the same seed gives the same model (0 to 9007199254740992; default 1)
    memory_limit: bytes a fit may take; 0 = the machine's memory (0 to 9007199254740992; default 0)"""

    def __init__(
        self,
        *,
        steps: int = 10,
        decay: Literal["inverse", "square", "none"] = "inverse",
        k: int = 100,
        last: int = 2,
        gap_minutes: float = 0.0,
        threads: int = 0,
        seed: int = 1,
        memory_limit: float = 0.0,
    ) -> None: ...
    @property
    def steps(self) -> int: ...
    @property
    def decay(self) -> Literal["inverse", "square", "none"]: ...
    @property
    def k(self) -> int: ...
    @property
    def last(self) -> int: ...
    @property
    def gap_minutes(self) -> float: ...
    @property
    def threads(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def memory_limit(self) -> float: ...


class Content(Model):
    """Items whose texts, tokens, numbers and vectors resemble what was taken.

    weighting: how terms are weighed (bm25, tfidf; default 'bm25')
    fields: item fields and their weights, as Description:1,UnitPrice:0.2; empty: all, each with weight 1 (text; default '')
    ngram: terms of a text have up to so many words (1 to 3; default 1)
    language: whose word stems to take; none: whole words (text; default 'english')
    min_df: terms in fewer texts are left out (1 to 1000000000; default 1)
    max_df: terms in more than this part of the texts, and more than 20, are left out (0 to 1; default 0.2)
    profile_half_life_days: age at which an item of a history counts half; 0 = never ages (0 to 36500; default 0)
    threads: threads a fit may use; 0 = all the process may use (0 to 1024; default 0)
    seed: of the random numbers; the same seed gives the same model (0 to 9007199254740992; default 1)
    memory_limit: bytes a fit may take; 0 = the machine's memory (0 to 9007199254740992; default 0)"""

    def __init__(
        self,
        *,
        weighting: Literal["bm25", "tfidf"] = "bm25",
        fields: str = "",
        ngram: int = 1,
        language: str = "english",
        min_df: int = 1,
        max_df: float = 0.2,
        profile_half_life_days: float = 0.0,
        threads: int = 0,
        seed: int = 1,
        memory_limit: float = 0.0,
    ) -> None: ...
    @property
    def weighting(self) -> Literal["bm25", "tfidf"]: ...
    @property
    def fields(self) -> str: ...
    @property
    def ngram(self) -> int: ...
    @property
    def language(self) -> str: ...
    @property
    def min_df(self) -> int: ...
    @property
    def max_df(self) -> float: ...
    @property
    def profile_half_life_days(self) -> float: ...
    @property
    def threads(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def memory_limit(self) -> float: ...


class Weighted(Hybrid):
    """A hybrid: the weighted sum of the scaled scores of any models.

    scaling: how each part's scores are brought to one scale (minmax, zscore, rank, softmax; default 'minmax')
    threads: threads a fit may use; 0 = all the process may use (0 to 1024; default 0)
    seed: of the random numbers; the same seed gives the same model (0 to 9007199254740992; default 1)
    memory_limit: bytes a fit may take; 0 = the machine's memory (0 to 9007199254740992; default 0)"""

    def __init__(
        self,
        parts: Iterable[Part] = (),
        *,
        scaling: Literal["minmax", "zscore", "rank", "softmax"] = "minmax",
        threads: int = 0,
        seed: int = 1,
        memory_limit: float = 0.0,
    ) -> None: ...
    @property
    def scaling(self) -> Literal["minmax", "zscore", "rank", "softmax"]: ...
    @property
    def threads(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def memory_limit(self) -> float: ...
