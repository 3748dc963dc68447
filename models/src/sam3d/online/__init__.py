"""A small auxiliary model that learns from each accepted correction and is fused with the frozen model's
logits, after AuxOL. The server's TypeScript mirrors it (`server/src/domain/online`)."""
