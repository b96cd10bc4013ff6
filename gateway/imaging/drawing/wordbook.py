"""The table from words to motifs. A new motif is one painter elsewhere and one row here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gateway.imaging.drawing import (
    abstract,
    buildings,
    city,
    creatures,
    figures,
    finishes,
    food,
    indoors,
    land,
    light,
    mountains,
    objects,
    plants,
    reef,
    sitting,
    sky,
    space,
    vehicles,
    water,
    waterfall,
    woods,
)
from gateway.imaging.drawing.motifs import (
    Heaven,
    Hue,
    Leaf,
    Mark,
    Meaning,
    Number,
    Pattern,
    Place,
    Rests,
    Setting,
    Style,
    Thing,
)
from gateway.imaging.drawing.palette import NAMED

_AIR, _WATER = Rests.AIR, Rests.WATER

DARK_SWEEP = Setting(indoors.dim_wall, indoors.seamless_floor, scale=1.7, rank=1, shine=0.22, floor_matches=True)
PALE_SWEEP = Setting(indoors.pale_wall, indoors.pale_floor, scale=1.7, shine=0.10, floor_matches=True)
MARBLE = Setting(indoors.dim_wall, indoors.marble_top, scale=1.7, rank=4, shine=0.24)
TABLE = Setting(indoors.pale_wall, indoors.wooden_top, scale=1.6, rank=3, shine=0.10)
ROOM = Setting(indoors.sunlit_wall, indoors.boards, scale=1.35, rank=2, wall_matches=False)
COSMOS = Setting(space.cosmos, None, line=0.6, scale=1.3, rank=5, afloat=True, wall_matches=False, light=light.NIGHT)
HILLS = Place(land.hills, 15)
SCENERY = Place(land.hills, 14)
"""What the ground is when a prompt asks for a landscape of no kind."""
SEA = Place(water.sea, 40, wet=True, horizon=0.54)
REEF = Setting(reef.reef, None, line=0.62, scale=1.2, rank=5, afloat=True, wall_matches=False)

WITHOUT_BANK = frozenset({SEA})
"""Waters that reach to the lower edge, so that what stands needs a shore."""

# In the order in which they win when a prompt names several.
_LIGHTS: tuple[tuple[str, light.Light], ...] = (
    ("neon cyberpunk synthwave vaporwave retrowave", light.NEON),
    ("storm stormy thunderstorm thunder tempest hurricane", light.STORM),
    ("sunset dusk evening twilight sundown golden-hour afterglow", light.SUNSET),
    ("sunrise dawn morning daybreak", light.DAWN),
    ("night midnight moonlit moonlight nighttime nocturnal", light.NIGHT),
    ("day daylight sunny sunlit noon midday summer bright sunshine", light.DAY),
)
LIGHTS = tuple(meaning for _, meaning in _LIGHTS)

_PLACES: tuple[tuple[str, Meaning], ...] = (
    ("mountain mountains alps peak summit himalaya fuji everest cliff", Place(mountains.mountains, 10)),
    ("volcano", Place(mountains.volcano, 11)),
    ("hill countryside valley park highland", HILLS),
    ("landscape scenery nature view outdoors", SCENERY),
    ("city skyline downtown cityscape metropolis tokyo york skyscraper town urban building", Place(city.city, 20)),
    ("desert dune sahara", Place(land.desert, 25)),
    ("forest woods woodland jungle rainforest pines pine-forest", Place(woods.forest, 30, horizon=0.5)),
    ("snow snowy winter arctic ice icy tundra glacier frozen", Place(land.snowfield, 34)),
    ("field meadow grass grassland prairie farm farmland pasture wheat", Place(land.field, 35)),
    ("garden flowers wildflowers blossoms", Place(land.flowers, 36, horizon=0.5)),
    ("sea ocean seascape waves water bay harbor harbour", SEA),
    ("lake pond reflection fjord lagoon", Place(water.lake, 41, wet=True, horizon=0.56)),
    ("beach coast shore seaside tropical", Place(water.beach, 45, horizon=0.5)),
    ("waterfall waterfalls cascade", Place(waterfall.waterfall, 46, horizon=0.5)),
    ("river stream creek brook", Place(water.river, 50, overlay=True)),
    ("road path trail street", Place(land.path, 51, overlay=True)),
    ("space galaxy cosmos universe nebula cosmic interstellar outer-space milky-way", COSMOS),
    ("underwater reef coral-reef ocean-floor seabed aquarium", REEF),
    ("marble marble-table countertop", MARBLE),
    ("table desk wooden-table wood-table kitchen still-life cafe", TABLE),
    ("studio room bedroom interior living-room workshop library office house-interior atelier", ROOM),
    ("product-photo product-shot product-photography packshot spotlight", DARK_SWEEP),
    ("white-background plain-background portrait mascot icon sticker logo", PALE_SWEEP),
)

_MARKS: tuple[tuple[str, Meaning], ...] = (
    ("sky heaven heavens background light lighting", Heaven()),
    ("sun", Mark(sky.nothing, light.DAY)),
    ("moon full-moon", Mark(sky.nothing, light.NIGHT)),
    ("crescent crescent-moon new-moon", Mark(sky.crescent, light.NIGHT, instead=True)),
    ("star starry starlight constellation", Mark(sky.stars, light.NIGHT)),
    ("cloud cloudy cloudscape", Mark(sky.clouds)),
    ("rainbow", Mark(sky.rainbow, light.DAY)),
    ("aurora northern-lights aurora-borealis", Mark(sky.aurora, light.NIGHT, instead=True)),
    ("lightning", Mark(sky.lightning, light.STORM)),
    ("comet meteor shooting-star meteors", Mark(sky.comet, light.NIGHT)),
    ("firework", Mark(sky.fireworks, light.NIGHT, instead=True)),
    ("birds seagull gull flock geese", Mark(sky.birds)),
    ("planet saturn jupiter ringed-planet alien-planet", Mark(space.planet, light.NIGHT)),
    ("earth", Mark(space.earth, light.NIGHT, instead=True)),
    ("snowing snowfall snowflake blizzard", Mark(sky.snowfall, light.FOG, near=True)),
    ("rain rainy raining drizzle", Mark(sky.rain, light.STORM, near=True)),
    ("fog foggy mist misty haze hazy", Mark(sky.mist, light.FOG)),
    ("overcast gloomy grey-sky gray-sky", Mark(sky.clouds, light.FOG)),
)

_THINGS: tuple[tuple[str, Meaning], ...] = (
    ("banana", Thing(food.banana, (250, 212, 56), 0.62, home="table")),
    ("apple", Thing(food.apple, (206, 44, 49), 0.58, home="table")),
    ("orange tangerine clementine", Thing(food.round_fruit, (244, 142, 40), 0.55, home="table")),
    ("peach apricot", Thing(food.round_fruit, (252, 184, 140), 0.55, home="table")),
    ("plum", Thing(food.round_fruit, (118, 50, 104), 0.5, home="table")),
    ("lime", Thing(food.lemon, (150, 200, 70), 0.5, home="table")),
    ("lemon", Thing(food.lemon, (250, 220, 70), 0.55, home="table")),
    ("strawberry", Thing(food.berry, (222, 46, 56), 0.5, home="table")),
    ("cherry cherries", Thing(food.cherries, (186, 26, 50), 0.5, home="table")),
    ("pumpkin", Thing(food.pumpkin, (238, 132, 40), 0.5, home="field")),
    ("coffee cup mug tea espresso latte", Thing(food.mug, (84, 132, 150), 0.6, any_colour=True, home="table")),
    ("bottle perfume whisky whiskey beer", Thing(food.bottle, (46, 120, 100), 0.95, any_colour=True, home="table")),
    ("wine cocktail drink juice", Thing(food.glass, (150, 30, 56), 0.85, home="table")),
    ("cake", Thing(food.cake, (240, 150, 170), 0.7, any_colour=True, home="table")),
    ("ice-cream icecream gelato", Thing(food.cone, (250, 170, 190), 0.7, home="table")),
    ("tree oak maple", Thing(plants.tree, (92, 150, 72), 1.35)),
    ("pine pine-tree fir spruce", Thing(plants.fir, (48, 104, 76), 1.5)),
    ("christmas-tree", Thing(plants.christmas_tree, (40, 100, 70), 1.5, home="snow")),
    ("cherry-tree cherry-blossom cherry-blossom-tree sakura", Thing(plants.tree, (248, 180, 200), 1.35)),
    ("palm palm-tree coconut", Thing(plants.palm, (74, 146, 84), 1.4, home="beach")),
    ("flower daisy lily", Thing(plants.flower, (236, 110, 150), 0.8, any_colour=True, home="field")),
    ("rose tulip poppy", Thing(plants.tulip, (214, 46, 70), 0.8, any_colour=True, home="field")),
    ("sunflower", Thing(plants.sunflower, (250, 196, 40), 1.0, home="field")),
    ("bouquet", Thing(plants.bouquet, (236, 120, 150), 1.0, any_colour=True, home="table")),
    ("vase", Thing(plants.vase, (96, 140, 160), 1.5, any_colour=True, home="table")),
    ("plant houseplant fern", Thing(plants.potted, (70, 140, 84), 0.9, home="table")),
    ("cactus saguaro", Thing(plants.cactus, (82, 148, 92), 0.9, home="desert")),
    ("mushroom toadstool", Thing(plants.mushroom, (214, 54, 48), 0.7, home="forest")),
    ("house cottage cabin hut barn", Thing(buildings.house, (244, 230, 206), 0.95, any_colour=True)),
    ("castle palace fortress", Thing(buildings.castle, (186, 182, 190), 1.25)),
    ("lighthouse beacon", Thing(buildings.lighthouse, (206, 54, 52), 1.35, home="sea")),
    ("windmill mill", Thing(buildings.windmill, (236, 226, 206), 1.15, home="field")),
    ("tower eiffel eiffel-tower paris", Thing(buildings.tower, (136, 104, 84), 1.6, home="city")),
    ("bridge", Thing(buildings.bridge, (200, 74, 52), 0.8, rests=_WATER, home="sea")),
    ("pyramid pyramids egypt", Thing(buildings.pyramids, (232, 188, 120), 0.8, home="desert")),
    ("tent camp camping", Thing(buildings.tent, (236, 132, 62), 0.6, any_colour=True, home="forest")),
    ("boat sailboat yacht", Thing(vehicles.sailboat, (214, 66, 58), 0.85, any_colour=True, rests=_WATER, home="sea")),
    ("ship steamer ferry cruise", Thing(vehicles.ship, (200, 60, 50), 0.7, rests=_WATER, home="sea")),
    ("car automobile taxi truck van", Thing(vehicles.car, (206, 50, 54), 0.55, any_colour=True, home="road")),
    ("rocket spaceship shuttle", Thing(vehicles.rocket, (222, 66, 58), 1.0, any_colour=True, rests=_AIR, home="space")),
    ("hot-air-balloon", Thing(vehicles.hot_air_balloon, (222, 74, 62), 1.0, any_colour=True, rests=_AIR, home="hill")),
    ("balloon", Thing(vehicles.balloon, (226, 62, 78), 0.75, any_colour=True, rests=_AIR, home="hill")),
    ("kite", Thing(vehicles.kite, (230, 92, 60), 0.7, any_colour=True, rests=_AIR, home="field")),
    ("plane airplane aeroplane jet", Thing(vehicles.plane, (52, 112, 190), 0.6, rests=_AIR, home="hill")),
    ("easel", Thing(objects.easel, (250, 246, 236), 1.1, home="studio")),
    ("lantern", Thing(objects.lantern, (74, 62, 56), 0.6, home="table")),
    ("candle", Thing(objects.candle, (246, 234, 212), 0.8, home="table")),
    ("campfire fire bonfire flame", Thing(objects.campfire, (236, 92, 40), 0.45, home="forest")),
    ("book books novel", Thing(objects.books, (62, 104, 150), 0.6, any_colour=True, home="table")),
    ("gem diamond crystal jewel ruby", Thing(objects.gem, (92, 190, 232), 0.65, any_colour=True, home="product photo")),
    ("crown tiara", Thing(objects.crown, (236, 186, 60), 0.7, home="product photo")),
    ("heart love valentine", Thing(objects.heart, (222, 50, 74), 0.75, home="portrait")),
    ("umbrella parasol", Thing(objects.umbrella, (214, 60, 66), 0.9, any_colour=True, home="beach")),
    ("snowman", Thing(objects.snowman, (206, 54, 58), 0.9, home="snow")),
    ("guitar violin ukulele", Thing(objects.guitar, (206, 128, 62), 1.0, home="studio")),
    ("shoe sneaker boot", Thing(objects.sneaker, (222, 70, 60), 0.6, any_colour=True, home="product photo")),
    ("clock watch wristwatch", Thing(objects.clock, (206, 170, 100), 0.8, home="product photo")),
    ("chair armchair sofa couch", Thing(objects.chair, (58, 128, 128), 0.8, any_colour=True, home="studio")),
    ("lamp", Thing(objects.lamp, (246, 214, 160), 0.9, home="studio")),
    ("cat kitten kitty tabby", Thing(sitting.sitting(sitting.CAT), (232, 158, 92), 0.72)),
    ("dog puppy corgi labrador poodle", Thing(sitting.sitting(sitting.DOG), (206, 152, 98), 0.78)),
    ("golden-retriever shiba", Thing(sitting.sitting(sitting.DOG), (226, 172, 96), 0.8)),
    ("fox", Thing(sitting.sitting(sitting.FOX), (226, 112, 46), 0.72, home="forest")),
    ("rabbit bunny hare", Thing(sitting.sitting(sitting.RABBIT), (214, 196, 178), 0.6, home="field")),
    ("bear teddy teddy-bear", Thing(sitting.sitting(sitting.BEAR), (148, 98, 62), 0.95, home="forest")),
    ("panda", Thing(sitting.sitting(sitting.PANDA), (246, 244, 240), 0.9, home="forest")),
    ("bird robin sparrow parrot", Thing(creatures.bird, (214, 92, 66), 0.45)),
    ("owl", Thing(creatures.owl, (150, 112, 82), 0.7, home="forest")),
    ("penguin", Thing(creatures.penguin, (56, 64, 84), 0.75, home="snow")),
    ("fish clownfish goldfish", Thing(creatures.fish, (244, 128, 46), 0.5, any_colour=True, home="underwater")),
    ("whale dolphin", Thing(creatures.whale, (62, 110, 156), 0.8, rests=_WATER, home="sea")),
    ("butterfly moth", Thing(creatures.butterfly, (244, 148, 50), 0.5, any_colour=True, rests=_AIR, home="garden")),
    ("horse pony stallion unicorn", Thing(creatures.horse, (150, 98, 66), 0.95, home="field")),
    ("robot android droid bot cyborg", Thing(figures.robot, (240, 150, 82), 1.0, any_colour=True, home="studio")),
    ("person man woman girl boy wanderer traveler traveller hiker people human child",
     Thing(figures.person, (196, 76, 66), 1.0, any_colour=True)),
    ("astronaut cosmonaut spaceman", Thing(figures.astronaut, (236, 120, 60), 1.0, home="space")),
)  # fmt: skip

_STYLES: tuple[tuple[str, Meaning], ...] = (
    ("autumn fall-colors fall-colours october november", Leaf((222, 126, 46))),
    ("spring april springtime", Leaf((150, 196, 96))),
    ("cinematic dramatic moody film movie vignette", Style(finishes.cinematic)),
    ("black-and-white monochrome grayscale greyscale noir", Style(finishes.monochrome)),
    ("sepia vintage antique old-photo daguerreotype", Style(finishes.sepia)),
    ("pastel soft-colors soft-colours", Style(finishes.pastel)),
    ("vivid vibrant saturated colorful colourful", Style(finishes.vivid)),
    ("dreamy ethereal magical glowing bokeh fantasy", Style(finishes.dreamy)),
    ("pixel-art pixelated pixel 8-bit 16-bit", Style(finishes.pixels)),
    ("poster pop-art screen-print comic", Style(finishes.poster)),
    ("oil-painting oil acrylic impressionist impasto", Style(finishes.oil)),
    ("sketch pencil drawing pencil-drawing line-art charcoal-drawing", Style(finishes.sketch)),
    ("watercolor watercolour aquarelle gouache", Style(finishes.watercolour)),
    ("abstract pattern texture wallpaper gradient", Pattern()),
    ("layers paper-cut papercut", Pattern(abstract.waves)),
    ("circles geometric bauhaus shapes", Pattern(abstract.discs)),
    ("lines swirl swirls flow flowing", Pattern(abstract.flow)),
    ("silk ribbons fabric", Pattern(abstract.silk)),
    ("orbit orbits rings atom", Pattern(abstract.orbits)),
    ("mandala kaleidoscope ornament", Pattern(abstract.mandala)),
)

_NUMBERS: tuple[tuple[str, Meaning], ...] = (
    ("one single", Number(1)),
    ("two pair couple", Number(2)),
    ("three few", Number(3)),
    ("four several", Number(4)),
    ("five many group dozen", Number(5)),
)


def _spread(rows: tuple[tuple[str, Meaning], ...]) -> dict[str, Meaning]:
    """A hyphen in a row joins the words of a phrase."""
    return {phrase.replace("-", " "): meaning for phrases, meaning in rows for phrase in phrases.split()}


LEXICON: Mapping[str, Meaning] = MappingProxyType(
    {
        **{name: Hue(colour) for name, colour in NAMED.items()},
        **_spread(_NUMBERS),
        **_spread(_STYLES),
        **_spread(_THINGS),
        **_spread(_MARKS),
        **_spread(_PLACES),
        **_spread(_LIGHTS),
    }
)
"""Words and phrases in lower case and singular, where they have one."""

LONGEST_PHRASE = max(len(phrase.split()) for phrase in LEXICON)

VOCABULARY_HELP = "The local renderer draws from words, such as: " + "; ".join(
    f"{kind}: {', '.join(phrases.split()[0].replace('-', ' ') for phrases, _ in rows)}"
    for kind, rows in (
        ("light", _LIGHTS),
        ("places", _PLACES),
        ("sky", _MARKS),
        ("things", _THINGS),
        ("styles", _STYLES),
    )
)
"""One line that lists the first word of every row, for whoever asked for something else."""

HOMONYMS: Mapping[str, Hue] = MappingProxyType(
    {name: Hue(colour) for name, colour in NAMED.items() if isinstance(LEXICON[name], Thing)}
)
"""Words that are a thing and a colour, such as orange and rose."""
