"""The names of what is compared."""

END_TO_END = "end to end"
BOX = "box, then clicks"
TRUE_ZOOM = "zoom from truth"
REGION_GROWING = "region growing"
RANDOM_WALKER = "random walker"
GEODESIC = "geodesic"
RANDOM_WALKER_WITH_PRIOR = "random walker, model as prior"
PROMPTED_UNET = "U-Net with prompts"
SCRIBBLES = "scribbles"
LASSOS = "lassos"
SLICE_BOX = "box in a slice, then clicks"
CLICK_IN_BOX = "box and a click in it, then clicks"

COMPARED = (
    END_TO_END,
    BOX,
    TRUE_ZOOM,
    REGION_GROWING,
    RANDOM_WALKER,
    RANDOM_WALKER_WITH_PRIOR,
    GEODESIC,
    PROMPTED_UNET,
)
PROMPT_KINDS = (END_TO_END, SCRIBBLES, LASSOS, BOX, CLICK_IN_BOX, SLICE_BOX)
