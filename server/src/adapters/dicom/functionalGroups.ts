import type { Part10 } from './part10.ts';

const SHARED_GROUPS = 'x52009229';
const PER_FRAME_GROUPS = 'x52009230';
const PIXEL_VALUE_TRANSFORMATION = 'x00289145';
/** Macro (a sequence of one item) that holds an attribute (PS3.3 C.7.6.16.2). */
const MACRO_OF: Readonly<Record<string, string>> = {
  x00200032: 'x00209113', // ImagePositionPatient: PlanePosition
  x00200037: 'x00209116', // ImageOrientationPatient: PlaneOrientation
  x00280030: 'x00289110', // PixelSpacing: PixelMeasures
  x00180050: 'x00289110', // SliceThickness: PixelMeasures
  x00281052: PIXEL_VALUE_TRANSFORMATION, // RescaleIntercept
  x00281053: PIXEL_VALUE_TRANSFORMATION, // RescaleSlope
  x00281054: PIXEL_VALUE_TRANSFORMATION, // RescaleType
};
/** CTImageFrameType, MRImageFrameType and PETFrameType macros. */
const FRAME_TYPE_MACROS = ['x00189329', 'x00189226', 'x00189751'];
const FRAME_CONTENT = 'x00209111';

/** Attributes of one frame: its own functional groups before the shared ones. */
export class FrameAttributes {
  constructor(private readonly groups: readonly Part10[]) {}

  /** Values of a DS element of a macro; empty when absent. */
  numbers(tag: string): readonly number[] {
    return this.#macro(MACRO_OF[tag] ?? '')?.numbers(tag) ?? [];
  }

  /** Value of a CS, LO or UI element of a macro; empty when absent. */
  string(tag: string): string {
    return this.#macro(MACRO_OF[tag] ?? '')?.string(tag) ?? '';
  }

  /** Whether the functional groups say how stored values are to be rescaled. */
  get hasOwnRescale(): boolean {
    return this.#macro(PIXEL_VALUE_TRANSFORMATION) !== undefined;
  }

  /** Items of a macro that may have several. */
  items(sequenceTag: string): readonly Part10[] {
    return this.groups.map(group => group.items(sequenceTag)).find(items => items.length > 0) ?? [];
  }

  frameType(): readonly string[] {
    return FRAME_TYPE_MACROS.flatMap(macro => this.#macro(macro)?.strings('x00089007') ?? []);
  }

  /**
   * TemporalPositionIndex, EffectiveEchoTime, DiffusionBValue, NominalPercentageOfCardiacPhase,
   * FrameAcquisitionNumber and FrameAcquisitionDateTime; empty where absent.
   */
  phaseValues(): readonly string[] {
    const content = this.#macro(FRAME_CONTENT);
    return [
      content?.uint32('x00209128'),
      this.#macro('x00189114')?.float64('x00189082'),
      this.#macro('x00189117')?.float64('x00189087'),
      this.#macro('x00189118')?.float32('x00209241'),
      content?.uint16('x00209156'),
      content?.string('x00189074'),
    ].map(value => String(value ?? ''));
  }

  #macro(sequenceTag: string): Part10 | undefined {
    return this.items(sequenceTag)[0];
  }
}

/** The functional groups of an Enhanced multi-frame image (PS3.3 C.7.6.16). */
export class FunctionalGroups {
  private constructor(
    private readonly perFrame: readonly Part10[],
    private readonly shared: readonly Part10[],
  ) {}

  /**
   * Undefined for a single-frame image without them.
   * @throws Problem unsupported-geometry for a multi-frame image that does not place its frames
   */
  static of(part10: Part10, numberOfFrames: number): FunctionalGroups | undefined {
    const perFrame = part10.items(PER_FRAME_GROUPS);
    if (perFrame.length === 0 && numberOfFrames === 1) return undefined;
    if (perFrame.length === 0) {
      return part10.refuse(
        'unsupported-geometry',
        'The frames of this multi-frame image have no positions in the patient, so that they make no volume.',
        { modality: part10.string('x00080060'), numberOfFrames },
      );
    }
    if (perFrame.length !== numberOfFrames) {
      return part10.refuse('unsupported-geometry', 'The functional groups do not describe every frame.', {
        numberOfFrames,
        describedFrames: perFrame.length,
      });
    }
    return new FunctionalGroups(perFrame, part10.items(SHARED_GROUPS));
  }

  frame(frameIndex: number): FrameAttributes {
    return new FrameAttributes([this.perFrame[frameIndex]!, ...this.shared]);
  }
}
