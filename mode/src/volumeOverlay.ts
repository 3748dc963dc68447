interface OverlayProps {
  readonly displaySet?: { readonly volumeLabel?: string };
}

/** Below the series description of a viewport: which of the volumes of the series it shows, where it is one of several. */
export const volumeOverlay = {
  id: 'TomoclickVolume',
  inheritsFrom: 'ohif.overlayItem',
  label: '',
  title: 'Volume of the series',
  condition: ({ displaySet }: OverlayProps): boolean => displaySet?.volumeLabel !== undefined,
  contentF: ({ displaySet }: OverlayProps): string | undefined => displaySet?.volumeLabel,
};
