"""What a package will weigh, known before anything is learned."""

from sam3d.adaptation.task_model import TaskModel

MEBIBYTE = 2**20
# Servers take 64 MiB of a package's file (workerProtocol.ts); what is no weight of a graph is less than 4.
MOST_WEIGHTS_MIB = 60


def refuse_too_large(model: TaskModel) -> None:
    """Raises ValueError where a server would not take what has been learned: hours of it would be lost."""
    # Of the base's encoder a package holds what has learned.
    held = [
        value.nbytes
        for name, value in model.named_parameters()
        if value.requires_grad or not name.startswith("image_encoder.")
    ]
    mebibytes = sum(held) / MEBIBYTE
    if mebibytes > MOST_WEIGHTS_MIB:
        raise ValueError(
            f"the package would hold {mebibytes:.0f} MiB of weights, and servers take {MOST_WEIGHTS_MIB}: "
            "let less of the base learn"
        )
