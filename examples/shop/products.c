/* SPDX-License-Identifier: MIT */
/* The made shop's catalog: kinds of product crossed with collections. A collection is one pattern, in one
 * style, over many kinds; a kind belongs to an occasion that no column tells. */
#include "made.h"

#include <string.h>

enum style { COUNTRY, NAUTICAL, WOODLAND, BOTANICAL, RETRO, NORDIC, PLAIN, PLAYFUL, GRAND };

static const char *const style_names[MADE_STYLES] = {
    "country", "nautical", "woodland", "botanical", "retro", "nordic", "plain", "playful", "grand",
};

typedef struct made_collection {
    const char *name;
    int style;
    const char *colors;  /* as "poppy red and cream" */
    const char *pattern; /* as "with meadow flowers" */
    const char *tale;    /* a sentence */
} made_collection;

static const made_collection collections[] = {
    {"Wildflower", COUNTRY, "poppy red and cream", "with loose meadow flowers",
     "Drawn from a jam jar of flowers on the kitchen table."},
    {"Vintage Rose", COUNTRY, "dusty pink and cream", "with faded roses",
     "The roses look as if they had been washed a hundred times."},
    {"Gingham", COUNTRY, "cherry red and white", "in farmhouse checks",
     "Checks that never go out of fashion."},
    {"Harbor Stripe", NAUTICAL, "navy and white", "in sailor stripes",
     "Stripes as crisp as a clean deck in the morning."},
    {"Old Anchor", NAUTICAL, "navy and rope brown", "with anchors and knots",
     "Every knot is one that a sailor would recognize."},
    {"Seashell", NAUTICAL, "sand and pale blue", "with shells from the beach",
     "Smells of nothing, looks like a week by the sea."},
    {"Woodland Fox", WOODLAND, "rust and moss green", "with a curious fox",
     "The fox looks at you from between the ferns."},
    {"Hedgerow", WOODLAND, "bramble purple and moss green", "with brambles, acorns and a wren",
     "Look twice and you find the wren."},
    {"Toadstool", WOODLAND, "red and moss green", "with spotted toadstools",
     "A forest floor on a damp October day."},
    {"Fern", BOTANICAL, "leaf green and white", "with pressed fern fronds",
     "Each frond is printed from a real pressed leaf."},
    {"Lemon Grove", BOTANICAL, "lemon yellow and leaf green", "with lemons on the branch",
     "Brings a little southern sun to the north."},
    {"Herbarium", BOTANICAL, "sage green and ivory", "with labeled garden herbs",
     "The labels are in proper Latin."},
    {"Polka Dot", RETRO, "red and white", "with cheerful dots", "Dots that lift the grayest Monday."},
    {"Diner", RETRO, "mint green and chrome", "in the rounded shapes of a roadside diner",
     "All that is missing is the jukebox."},
    {"Sunburst", RETRO, "orange and mustard yellow", "with rays of a seventies sun",
     "Straight from the living room of a favorite aunt."},
    {"Nordic Star", NORDIC, "gray and white", "with knitted eight-pointed stars",
     "The pattern is an old one from mittens."},
    {"Birch", NORDIC, "white and bark black", "with bare birch trunks", "Quiet as a wood under snow."},
    {"Reindeer", NORDIC, "berry red and white", "with leaping reindeer", "Nine reindeer; one is shy."},
    {"Oatmeal", PLAIN, "oatmeal", "without any pattern", "Nothing to distract from good stuff well made."},
    {"Slate", PLAIN, "charcoal gray", "with a matt surface", "Dark, calm and hard to stain."},
    {"Terrazzo", PLAIN, "white with colored chips", "with a speckled surface",
     "No two pieces have the same speckles."},
    {"Little Circus", PLAYFUL, "yellow and bright blue", "with acrobats and a brave lion",
     "The lion is less brave than he looks."},
    {"Dinosaur", PLAYFUL, "lime green and orange", "with friendly dinosaurs",
     "All seven dinosaurs eat leaves only."},
    {"Rocket", PLAYFUL, "sky blue and silver", "with rockets and planets",
     "Counts down from ten to bedtime."},
    {"Bumblebee", PLAYFUL, "honey yellow and black", "with busy bumblebees",
     "One of the bees wears glasses."},
    {"Peacock", GRAND, "teal and gold", "with peacock feathers", "A little grand, and it knows."},
    {"Midnight Moon", GRAND, "midnight blue and gold", "with moons and constellations",
     "The constellations are where they should be."},
    {"Bazaar", GRAND, "terracotta and saffron", "in an old tile pattern",
     "Bargain with yourself whether you need two."},
};
enum { N_COLLECTIONS = sizeof(collections) / sizeof(collections[0]) };

enum occasion {
    TEA,
    BAKING,
    DINING,
    COZY,
    WALLS,
    GROWING,
    BIRDS,
    OUTDOORS,
    LETTERS,
    DESK,
    NURSERY,
    PLAY,
    TRAVEL,
    YULE
};

/* Which styles a kind comes in: one bit each. */
#define IN(style) (1u << (style))
#define ANY       0x1ffu
#define GROWN     (ANY & ~IN(PLAYFUL))
#define YOUNG     (IN(PLAYFUL) | IN(WOODLAND) | IN(RETRO) | IN(NORDIC) | IN(NAUTICAL) | IN(COUNTRY))
#define SUMMERY   (ANY & ~IN(NORDIC))
#define FESTIVE   (IN(NORDIC) | IN(WOODLAND) | IN(COUNTRY) | IN(GRAND) | IN(RETRO) | IN(PLAIN))

typedef struct made_kind {
    const char *name, *category, *material, *use;
    int occasion;
    uint32_t styles;
    int32_t cents;
    made_season season;
    int consumed, copies;
} made_kind;

static const made_kind kinds[] = {
    {"Mug", "kitchen", "stoneware", "Holds a generous pint of tea.", TEA, ANY, 950, MADE_ALL_YEAR, 0, 8},
    {"Teapot", "kitchen", "stoneware", "Pours four cups and never drips.", TEA, GROWN, 2850, MADE_ALL_YEAR, 0,
     5},
    {"Cup and Saucer", "kitchen", "porcelain", "For tea the way grandmother served it.", TEA, GROWN, 1450,
     MADE_ALL_YEAR, 0, 4},
    {"Tea Caddy", "kitchen", "tin", "Keeps a pound of leaf tea fresh.", TEA, GROWN, 1150, MADE_ALL_YEAR, 0,
     4},
    {"Biscuit Tin", "kitchen", "tin", "Deep enough to hide the good biscuits.", TEA, ANY, 1350, MADE_ALL_YEAR,
     0, 4},
    {"Tea Towel", "kitchen", "cotton", "Dries glasses without a trace of fluff.", TEA, ANY, 750,
     MADE_ALL_YEAR, 1, 6},
    {"Apron", "kitchen", "cotton", "Long ties, and a pocket for the wooden spoon.", BAKING, ANY, 2250,
     MADE_ALL_YEAR, 0, 5},
    {"Mixing Bowl", "kitchen", "stoneware", "Wide, heavy and steady under a whisk.", BAKING, GROWN, 2450,
     MADE_ALL_YEAR, 0, 4},
    {"Cake Stand", "kitchen", "glass", "Lifts a sponge cake to where it belongs.", BAKING, GROWN, 3250,
     MADE_ALL_YEAR, 0, 4},
    {"Cookie Cutters", "kitchen", "steel", "Five shapes with edges that really cut.", BAKING, YOUNG, 850,
     MADE_ALL_YEAR, 0, 4},
    {"Measuring Spoons", "kitchen", "steel", "From a pinch to a tablespoon, on one ring.", BAKING, GROWN, 990,
     MADE_ALL_YEAR, 0, 3},
    {"Oven Glove", "kitchen", "cotton", "Quilted, and long enough for deep ovens.", BAKING, ANY, 1290,
     MADE_ALL_YEAR, 0, 4},
    {"Paper Baking Cups", "kitchen", "paper", "Sixty cups that peel away cleanly.", BAKING, ANY, 350,
     MADE_ALL_YEAR, 1, 5},
    {"Recipe Box", "kitchen", "wood", "Room for two hundred cards, with dividers.", BAKING, GROWN, 1990,
     MADE_ALL_YEAR, 0, 3},
    {"Dinner Plate", "kitchen", "stoneware", "Goes from the oven to the table.", DINING, GROWN, 1390,
     MADE_ALL_YEAR, 0, 5},
    {"Serving Bowl", "kitchen", "stoneware", "Big enough for salad for six.", DINING, GROWN, 2690,
     MADE_ALL_YEAR, 0, 4},
    {"Table Runner", "home", "linen", "Two yards, with mitered corners.", DINING, GROWN, 2450, MADE_ALL_YEAR,
     0, 4},
    {"Napkins", "home", "paper", "Three layers, twenty to a pack.", DINING, ANY, 420, MADE_ALL_YEAR, 1, 7},
    {"Salad Servers", "kitchen", "wood", "Turned handles that sit well in the hand.", DINING, GROWN, 1490,
     MADE_ALL_YEAR, 0, 3},
    {"Water Carafe", "kitchen", "glass", "Fits the fridge door and the dinner table.", DINING, GROWN, 1890,
     MADE_ALL_YEAR, 0, 4},
    {"Dinner Candles", "candles", "wax", "Six candles that burn for eight hours each.", DINING, GROWN, 890,
     MADE_ALL_YEAR, 1, 5},
    {"Scented Candle", "candles", "wax", "Burns for forty hours.", COZY, GROWN, 1690, MADE_ALL_YEAR, 1, 8},
    {"Tealight Holder", "candles", "glass", "Throws its pattern on the wall at night.", COZY, GROWN, 790,
     MADE_ALL_YEAR, 0, 6},
    {"Reed Diffuser", "candles", "glass", "Eight reeds that last about three months.", COZY, GROWN, 2190,
     MADE_ALL_YEAR, 1, 4},
    {"Wax Melts", "candles", "wax", "Eight cubes for a warm evening.", COZY, GROWN, 590, MADE_ALL_YEAR, 1, 5},
    {"Throw", "home", "wool", "Heavy enough to stay where you put it.", COZY, GROWN, 5450, MADE_ALL_YEAR, 0,
     4},
    {"Cushion Cover", "home", "linen", "With a hidden zip.", COZY, ANY, 1850, MADE_ALL_YEAR, 0, 8},
    {"Hot Water Bottle", "home", "wool", "With a cover that comes off for washing.", COZY, ANY, 1990,
     MADE_ALL_YEAR, 0, 5},
    {"Bath Salts", "home", "glass", "A jar for a dozen long baths.", COZY, GROWN, 1090, MADE_ALL_YEAR, 1, 4},
    {"Picture Frame", "home", "wood", "Stands or hangs, upright or across.", WALLS, GROWN, 1590,
     MADE_ALL_YEAR, 0, 5},
    {"Wall Clock", "home", "metal", "Runs without ticking.", WALLS, GROWN, 3490, MADE_ALL_YEAR, 0, 4},
    {"Mirror", "home", "metal", "With a chain to hang it by.", WALLS, GROWN, 4290, MADE_ALL_YEAR, 0, 4},
    {"Coat Hooks", "home", "metal", "Three hooks on a board, with screws.", WALLS, ANY, 1790, MADE_ALL_YEAR,
     0, 4},
    {"Vase", "home", "stoneware", "Narrow at the neck so that stems stand up.", WALLS, GROWN, 2390,
     MADE_ALL_YEAR, 0, 6},
    {"Table Lamp", "home", "metal", "Gives a warm light for reading.", WALLS, GROWN, 4850, MADE_ALL_YEAR, 0,
     4},
    {"Storage Basket", "home", "rope", "Swallows a whole floor of things.", WALLS, ANY, 2150, MADE_ALL_YEAR,
     0, 4},
    {"Doormat", "home", "coir", "Takes the mud of four boots.", WALLS, ANY, 2490, MADE_ALL_YEAR, 0, 4},
    {"Plant Pot", "garden", "clay", "With a saucer and a hole for the water.", GROWING, GROWN, 1290,
     MADE_SPRING, 0, 7},
    {"Watering Can", "garden", "tin", "With a fine rose for seedlings.", GROWING, ANY, 2190, MADE_SPRING, 0,
     5},
    {"Hand Trowel", "garden", "steel", "Sharp edges and an ash handle.", GROWING, GROWN, 1190, MADE_SPRING, 0,
     4},
    {"Gardening Gloves", "garden", "cotton", "Stop thorns but not your fingers.", GROWING, ANY, 990,
     MADE_SPRING, 1, 5},
    {"Plant Labels", "garden", "wood", "Twelve, and a pencil that rain cannot wash off.", GROWING, GROWN, 490,
     MADE_SPRING, 1, 4},
    {"Seed Tin", "garden", "tin", "Sorted by the month of sowing.", GROWING, GROWN, 1590, MADE_SPRING, 0, 4},
    {"Garden Twine", "garden", "jute", "A hundred yards in a tin with a cutter.", GROWING, GROWN, 690,
     MADE_SPRING, 1, 3},
    {"Kneeling Pad", "garden", "foam", "Saves knees, wipes clean.", GROWING, ANY, 1390, MADE_SPRING, 0, 4},
    {"Bird Feeder", "garden", "metal", "Too clever for squirrels, mostly.", BIRDS, GROWN, 1690, MADE_ALL_YEAR,
     0, 4},
    {"Nest Box", "garden", "wood", "With an entrance the right size for a blue tit.", BIRDS, GROWN, 1990,
     MADE_SPRING, 0, 4},
    {"Bird Bath", "garden", "stoneware", "Shallow, so that even sparrows dare.", BIRDS, GROWN, 3890,
     MADE_SPRING, 0, 3},
    {"Bird Seed Tin", "garden", "tin", "Ten pounds of seed, safe from mice.", BIRDS, GROWN, 2290,
     MADE_ALL_YEAR, 0, 3},
    {"Garden Lantern", "garden", "metal", "Keeps its flame in a breeze.", OUTDOORS, SUMMERY & ~IN(PLAYFUL),
     2590, MADE_SUMMER, 0, 5},
    {"Bunting", "garden", "cotton", "Five yards of flags for a summer party.", OUTDOORS, SUMMERY, 1290,
     MADE_SUMMER, 0, 6},
    {"Picnic Blanket", "garden", "wool", "With a back that keeps out the damp.", OUTDOORS, SUMMERY, 3950,
     MADE_SUMMER, 0, 4},
    {"Picnic Bag", "bags", "canvas", "Keeps lunch for four cool until two.", OUTDOORS, SUMMERY, 2950,
     MADE_SUMMER, 0, 4},
    {"Paper Straws", "kitchen", "paper", "Twenty-five that do not go soft.", OUTDOORS, SUMMERY, 320,
     MADE_SUMMER, 1, 4},
    {"Drinks Jar", "kitchen", "glass", "With a tap, for lemonade by the gallon.", OUTDOORS,
     SUMMERY & ~IN(PLAYFUL), 2490, MADE_SUMMER, 0, 4},
    {"Citronella Candle", "candles", "wax", "For evenings that midges like too.", OUTDOORS,
     SUMMERY & ~IN(PLAYFUL), 1190, MADE_SUMMER, 1, 4},
    {"Greeting Cards", "stationery", "paper", "Eight cards with envelopes, blank inside.", LETTERS, ANY, 690,
     MADE_ALL_YEAR, 1, 8},
    {"Gift Wrap", "stationery", "paper", "Five sheets that fold without tearing.", LETTERS, ANY, 450,
     MADE_ALL_YEAR, 1, 8},
    {"Writing Set", "stationery", "paper", "Twenty sheets and ten lined envelopes.", LETTERS, GROWN, 1290,
     MADE_ALL_YEAR, 1, 4},
    {"Washi Tape", "stationery", "paper", "Three rolls that come off again.", LETTERS, ANY, 550,
     MADE_ALL_YEAR, 1, 6},
    {"Wax Seal Kit", "stationery", "wax", "A stamp, two sticks and a spoon.", LETTERS, GROWN, 1590,
     MADE_ALL_YEAR, 0, 3},
    {"Address Book", "stationery", "paper", "With room for people who move a lot.", LETTERS, GROWN, 1150,
     MADE_ALL_YEAR, 0, 3},
    {"Notebook", "stationery", "paper", "Lies flat, and the ink does not come through.", DESK, ANY, 890,
     MADE_ALL_YEAR, 1, 7},
    {"Week Planner", "stationery", "paper", "A year of weeks, one to a page.", DESK, GROWN, 1390,
     MADE_ALL_YEAR, 1, 4},
    {"Pencil Set", "stationery", "wood", "Twelve pencils in a tin.", DESK, ANY, 750, MADE_ALL_YEAR, 1, 4},
    {"Desk Tidy", "stationery", "wood", "For pens, clips and a small plant.", DESK, GROWN, 1890,
     MADE_ALL_YEAR, 0, 4},
    {"Pencil Case", "bags", "canvas", "With a zip that lasts a school year.", DESK, ANY, 990, MADE_ALL_YEAR,
     0, 5},
    {"Sticky Notes", "stationery", "paper", "Four pads in a folder.", DESK, ANY, 490, MADE_ALL_YEAR, 1, 4},
    {"Night Light", "home", "porcelain", "Glows softly and stays cool.", NURSERY, YOUNG, 2290, MADE_ALL_YEAR,
     0, 4},
    {"Soft Toy", "toys", "cotton", "Washable, after adventures.", NURSERY, YOUNG, 1890, MADE_ALL_YEAR, 0, 5},
    {"Baby Blanket", "toys", "cotton", "Knitted, and big enough for a pram.", NURSERY, YOUNG, 2790,
     MADE_ALL_YEAR, 0, 4},
    {"Stacking Blocks", "toys", "wood", "Ten blocks with rounded corners.", NURSERY, YOUNG, 1690,
     MADE_ALL_YEAR, 0, 4},
    {"Money Box", "toys", "porcelain", "Opens without a hammer.", NURSERY, YOUNG, 1190, MADE_ALL_YEAR, 0, 4},
    {"Height Chart", "toys", "canvas", "Rolls up and moves house with you.", NURSERY, YOUNG, 1490,
     MADE_ALL_YEAR, 0, 4},
    {"Jigsaw Puzzle", "toys", "wood", "Forty-eight pieces, none of them missing.", PLAY, YOUNG, 1390,
     MADE_ALL_YEAR, 0, 5},
    {"Memory Game", "toys", "paper", "Thirty-six pairs to lose to a five-year-old.", PLAY, YOUNG, 1190,
     MADE_ALL_YEAR, 0, 4},
    {"Kite", "toys", "canvas", "Flies in the lightest wind.", PLAY, YOUNG, 1590, MADE_SUMMER, 0, 4},
    {"Skipping Rope", "toys", "rope", "With turned wooden handles.", PLAY, YOUNG, 790, MADE_SUMMER, 0, 4},
    {"Finger Puppets", "toys", "wool", "Five actors for a small stage.", PLAY, YOUNG, 990, MADE_ALL_YEAR, 0,
     4},
    {"Coloring Book", "toys", "paper", "Thick pages for felt tips.", PLAY, YOUNG, 590, MADE_ALL_YEAR, 1, 5},
    {"Lunch Box", "bags", "tin", "Shuts tight and opens easily.", PLAY, YOUNG, 1290, MADE_ALL_YEAR, 0, 5},
    {"Tote Bag", "bags", "canvas", "Carries a week of groceries.", TRAVEL, ANY, 1490, MADE_ALL_YEAR, 0, 7},
    {"Foldaway Shopper", "bags", "nylon", "Folds into its own pocket.", TRAVEL, ANY, 650, MADE_ALL_YEAR, 0,
     7},
    {"Wash Bag", "bags", "canvas", "Wipes clean inside.", TRAVEL, ANY, 1690, MADE_ALL_YEAR, 0, 5},
    {"Luggage Tag", "bags", "leather", "So that yours is easy to spot.", TRAVEL, ANY, 790, MADE_ALL_YEAR, 0,
     4},
    {"Travel Mug", "kitchen", "steel", "Hot until noon and tight in a bag.", TRAVEL, GROWN, 1790,
     MADE_ALL_YEAR, 0, 4},
    {"Umbrella", "bags", "nylon", "Turns itself back when the wind does not.", TRAVEL, ANY, 1990,
     MADE_ALL_YEAR, 0, 4},
    {"Purse", "bags", "leather", "With a pocket for the key.", TRAVEL, GROWN, 1890, MADE_ALL_YEAR, 0, 4},
    {"Christmas Baubles", "seasonal", "glass", "Six, blown by mouth.", YULE, FESTIVE, 1490, MADE_CHRISTMAS, 0,
     6},
    {"Door Wreath", "seasonal", "wood", "Twigs, cones and a ribbon.", YULE, FESTIVE, 2690, MADE_CHRISTMAS, 0,
     4},
    {"Advent Calendar", "seasonal", "paper", "Twenty-four doors.", YULE, FESTIVE, 990, MADE_CHRISTMAS, 1, 5},
    {"Christmas Stocking", "seasonal", "wool", "Stretches further than you would think.", YULE, FESTIVE, 1690,
     MADE_CHRISTMAS, 0, 4},
    {"Christmas Crackers", "seasonal", "paper", "Six, with jokes of the usual kind.", YULE, FESTIVE, 1590,
     MADE_CHRISTMAS, 1, 4},
    {"Paper Garland", "seasonal", "paper", "Three yards for stairs or mantelpiece.", YULE, FESTIVE, 790,
     MADE_CHRISTMAS, 0, 4},
    {"Christmas Cards", "stationery", "paper", "Ten cards with envelopes.", YULE, FESTIVE, 750,
     MADE_CHRISTMAS, 1, 6},
    {"Tree Topper", "seasonal", "metal", "Sits straight on a crooked tree.", YULE, FESTIVE, 1390,
     MADE_CHRISTMAS, 0, 4},
};
enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

const char *made_style_name(int style)
{
    return style_names[style];
}

/* "Woodland Fox Tea Towel" -> "woodland-fox-tea-towel" */
static void slug(char *out, size_t size, const char *text)
{
    size_t k = 0;
    for (; text[k] && k + 1 < size; k++) {
        char c = text[k];
        out[k] = c == ' ' ? '-' : (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    out[k] = '\0';
}

static const char *scent(int style)
{
    static const char *const scents[MADE_STYLES] = {
        "sweet pea and hay",   "sea salt and driftwood", "pine and damp moss",
        "basil and lime peel", "vanilla and orange",     "juniper and cold air",
        "clean cotton",        "honey and milk",         "amber and fig",
    };
    return scents[style];
}

/* "Mug in rust and moss green, with a curious fox. Holds a generous pint of tea. The fox looks at you from
 * between the ferns. Part of the Woodland Fox collection." A candle tells its scent in place of the tale. */
static void describe(made_product *p, const made_kind *kind, const made_collection *collection,
                     made_random *random)
{
    static const char *const closings[][2] = {
        {"Goes with everything else in the ", " collection."},
        {"Part of the ", " collection."},
        {"One of our ", " pieces, made in small runs."},
        {"From the ", " collection, which grows every year."},
    };
    const char *const *closing = closings[made_below(random, 4)];
    int scented = kind->occasion == COZY && strcmp(kind->category, "candles") == 0 &&
                  strcmp(kind->name, "Tealight Holder") != 0;
    snprintf(p->text, sizeof(p->text), "%s in %s, %s. %s %s%s%s %s%s%s", kind->name, collection->colors,
             collection->pattern, kind->use, scented ? "Smells of " : "",
             scented ? scent(collection->style) : collection->tale, scented ? "." : "", closing[0],
             collection->name, closing[1]);
}

/* Prices end in 0 or 5 cents and vary by a fifth around the kind's. */
static int32_t price(const made_kind *kind, made_random *random)
{
    int32_t cents = kind->cents * (int32_t)(85 + made_below(random, 36)) / 100;
    return cents - cents % 5;
}

/* Few products sell a lot and many a little: near 1 / rank with a random rank. */
static uint32_t appeal(made_random *random)
{
    return 20000 / (20 + made_below(random, 380));
}

static void fill_product(made_product *p, int type, int pattern, made_random *random)
{
    const made_kind *kind = &kinds[type];
    const made_collection *collection = &collections[pattern];
    snprintf(p->title, sizeof(p->title), "%s %s", collection->name, kind->name);
    slug(p->id, sizeof(p->id), p->title);
    describe(p, kind, collection, random);
    p->category = kind->category;
    p->material = kind->material;
    p->collection_name = collection->name;
    p->collection = pattern;
    p->style = collection->style;
    p->occasion = kind->occasion;
    p->type = type;
    p->consumed = kind->consumed;
    p->season = kind->season;
    p->cents = price(kind, random);
    p->appeal = appeal(random);
    p->first_day = made_chance(random, 12) ? (int32_t)made_below(random, 600) : 0;
}

void made_catalog_fill(made_catalog *catalog, uint64_t seed)
{
    made_random random = made_random_for(seed, 1);
    catalog->n = 0;
    for (int type = 0; type < N_KINDS; type++) {
        uint64_t weights[N_COLLECTIONS];
        for (int c = 0; c < N_COLLECTIONS; c++)
            weights[c] = (kinds[type].styles & IN(collections[c].style)) != 0;
        for (int copy = 0; copy < kinds[type].copies && catalog->n < MADE_MAX_PRODUCTS; copy++) {
            int pattern = made_pick(&random, weights, N_COLLECTIONS);
            weights[pattern] = 0;
            fill_product(&catalog->products[catalog->n++], type, pattern, &random);
        }
    }
}

void made_catalog_write(const made_catalog *catalog, FILE *out)
{
    static const char *const seasons[] = {"", "|spring", "|summer", "|christmas"};
    fputs("item,title,description,category,collection,material,tags,price\n", out);
    for (int i = 0; i < catalog->n; i++) {
        const made_product *p = &catalog->products[i];
        fprintf(out, "%s,%s,\"%s\",%s,%s,%s,%s%s,%d.%02d\n", p->id, p->title, p->text, p->category,
                p->collection_name, p->material, style_names[p->style], seasons[p->season],
                (int)(p->cents / 100), (int)(p->cents % 100));
    }
}
