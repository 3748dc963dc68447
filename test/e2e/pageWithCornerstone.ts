import type { Vector3 } from '../../server/src/domain/affine.ts';

interface LoadedSegmentation {
  readonly representationData: { readonly Labelmap?: { readonly imageIds?: readonly string[] } };
}

interface LabelmapImage {
  readonly referencedImageId?: string;
  readonly voxelManager: { getScalarData(): ArrayLike<number> };
}

/** The part of OHIF and cornerstone that the page's own scripts see and the tests ask. */
export interface PageWithCornerstone {
  readonly services: {
    readonly displaySetService: {
      getActiveDisplaySets(): readonly {
        readonly displaySetInstanceUID: string;
        readonly volumeLabel?: string;
      }[];
    };
    readonly viewportGridService: {
      setDisplaySetsForViewports(
        shown: readonly { readonly viewportId: string; readonly displaySetInstanceUIDs: readonly string[] }[],
      ): void;
    };
    readonly segmentationService: {
      getSegmentations(): readonly LoadedSegmentation[];
      getSegmentationRepresentations(viewportId: string): readonly { readonly segmentationId: string }[];
    };
  };
  readonly cornerstone: {
    getEnabledElements(): readonly {
      readonly viewportId: string;
      readonly viewport: {
        readonly canvas: HTMLCanvasElement;
        worldToCanvas(point: Vector3): [number, number];
        canvasToWorld(point: [number, number]): Vector3;
        jumpToWorld(point: Vector3): boolean;
        getVolumeId(): string;
        getProperties(): { readonly voiRange?: { readonly lower: number; readonly upper: number } };
        resetCamera(): unknown;
        getCamera(): { focalPoint: Vector3; position: Vector3; parallelScale: number };
        setCamera(camera: { focalPoint: Vector3; position: Vector3; parallelScale: number }): void;
        render(): void;
      };
    }[];
    readonly cache: {
      /** Labelmaps among them load nothing. */
      getVolumes(): readonly { readonly loadStatus?: { readonly loaded: boolean } }[];
      getVolume(
        volumeId: string,
      ):
        | { readonly imageIds: readonly string[]; readonly origin: Vector3; readonly spacing: Vector3 }
        | undefined;
      getImage(imageId: string): LabelmapImage | undefined;
    };
  };
}
