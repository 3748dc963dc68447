import type { IdentifiedPromptContract } from '@tomoclick/server/contract';
import type { ColourRgb } from './colours.ts';

/** A click or drawing that had not reached the server when the page went away, and the segment that it was meant for. */
export interface KeptClick extends IdentifiedPromptContract {
  readonly segmentationId: string | null;
  readonly segment: {
    readonly key: string;
    readonly segmentNumber: number | null;
    readonly label: string;
    readonly colour: ColourRgb;
  };
}
