"""The published models whose image encoders can be adapted here."""

from dataclasses import dataclass

from sam3d.model.size import SIZES
from sam3d.model.tiny_vit.geometry import TinyVitGeometry

from .base_weights import wanted_shapes
from .shapes import Shapes, classifier, mask_decoder, neck, prompt_encoder

APACHE = (
    "Apache-2.0, as its authors say: keep their notice with what is derived from it, and check the page that "
    "the file came from"
)


@dataclass(frozen=True)
class Part:
    title: str
    shapes: Shapes
    use: str  # what becomes of it here


@dataclass(frozen=True)
class Family:
    title: str
    source: str
    size: str  # of SIZES
    axes: int  # of its images
    embedding: int  # channels of its image embedding
    licence: str = APACHE

    def parts(self) -> tuple[Part, ...]:
        """The first is what is loaded"""
        loaded = wanted_shapes(self.size)
        return (
            Part("image encoder", loaded, "loaded: stays as it is, adapters in it learn"),
            Part(*self.rest_of_encoder(loaded), "not loaded: a neck of our grids learns instead"),
            Part(
                "prompt encoder",
                prompt_encoder(self.embedding, self.axes),
                "not loaded: prompts are maps here, not tokens",
            ),
            Part(
                "mask decoder",
                mask_decoder(self.embedding, self.axes),
                "not loaded: ours has no layer of that kind",
            ),
        )

    def rest_of_encoder(self, loaded: Shapes) -> tuple[str, Shapes]:
        """Its title, and what there is"""
        size = SIZES[self.size]
        if not isinstance(size, TinyVitGeometry):
            return "its neck", neck(size.width, self.embedding, self.axes)
        width = size.stages[-1].width
        counters: Shapes = {
            f"{name.removesuffix('running_mean')}num_batches_tracked": ()
            for name in loaded
            if name.endswith(".running_mean")
        }
        rest = {**counters, **classifier(width), **neck(width, self.embedding, self.axes)}
        return "neck, classifier", rest


MEDSAM = "; MedSAM (Ma et al. 2024) has the same tensors"
FAMILIES = (
    Family("SAM ViT-B", f"Kirillov et al. 2023{MEDSAM}", "vit_b", 2, 256),
    Family("SAM ViT-L", "Kirillov et al. 2023", "vit_l", 2, 256),
    Family("SAM ViT-H", "Kirillov et al. 2023", "vit_h", 2, 256),
    Family("MobileSAM, TinyViT-5M", "Zhang et al. 2023; TinyViT: Wu et al. 2022", "mobile_sam", 2, 256),
    Family("SAM-Med3D", "Wang et al. 2023; also the turbo weights", "sam_med3d", 3, 384),
)
