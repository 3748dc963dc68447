import { PANEL_NAME } from './id.ts';
import { hostInOwnRoot } from './panels/hostInOwnRoot.ts';
import { SegmentsPanel } from './panels/SegmentsPanel.tsx';
import type { Tomoclick } from './tomoclick.ts';

export function getPanelModule(running: () => Tomoclick) {
  return [
    {
      name: PANEL_NAME,
      iconName: 'icon-tool-click-segment',
      iconLabel: 'Tomoclick',
      label: 'Tomoclick',
      component: hostInOwnRoot(() => <SegmentsPanel tomoclick={running()} />),
    },
  ];
}
