/** Looks of tasks and learning, beside those of the panel (panelStyle.ts). */
export const learningStyle = `
.tomoclick-part > summary { padding: 4px 0; color: hsl(var(--muted-foreground)); cursor: pointer; }
.tomoclick-part > summary:focus-visible { outline: 1px solid hsl(var(--ring)); }
.tomoclick-part[open] > div { display: flex; flex-direction: column; gap: 6px; padding-top: 4px; }
.tomoclick-row { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; padding: 6px 8px;
  border-radius: 4px; background: hsl(var(--muted)); font-variant-numeric: tabular-nums; }
.tomoclick-row > span { display: flex; min-width: 0; flex: 1; flex-direction: column; overflow-wrap: anywhere; }
.tomoclick-row a { color: hsl(var(--primary)); font-size: 12px; }
.tomoclick-row progress { width: 100%; height: 6px; accent-color: hsl(var(--highlight)); }
.tomoclick-text { padding: 4px 6px; border: 1px solid hsl(var(--input)); border-radius: 4px;
  background: hsl(var(--background)); color: inherit; }
.tomoclick-warning { color: rgb(235 195 110); font-size: 12px; }
.tomoclick-curve { width: 100%; height: 48px; background: hsl(var(--background)); }
.tomoclick-log { max-height: 90px; margin: 0; overflow: auto; font-size: 11px; white-space: pre-wrap;
  color: hsl(var(--muted-foreground)); }
`;
