"""The names of what is compared."""

END_TO_END = "end to end"
BOX = "box, then clicks"
TRUE_ZOOM = "zoom from truth"
REGION_GROWING = "region growing"
RANDOM_WALKER = "random walker"
GEODESIC = "geodesic"
