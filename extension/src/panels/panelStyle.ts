/**
 * Looks of the panel, in the colours of OHIF's theme (its CSS variables). OHIF ships only the utility classes
 * that it uses itself, so a plugin cannot rely on them. Dark and low in contrast around the images, numbers in
 * one width so that they do not dance. What is told stays in sight wherever the panel is scrolled to.
 */
export const panelStyle = `
.tomoclick { display: flex; flex-direction: column; gap: 12px; min-height: 100%; padding: 10px;
  color: hsl(var(--foreground)); font-size: 13px; line-height: 1.35; }
.tomoclick section { display: flex; flex-direction: column; gap: 6px; }
.tomoclick button { display: inline-flex; align-items: center; justify-content: center; gap: 5px; height: 28px;
  padding: 0 8px; border-radius: 4px; color: hsl(var(--primary)); background: transparent; font-size: 13px; }
.tomoclick button:hover:enabled { background: hsl(var(--primary) / 0.18); }
.tomoclick :focus-visible { outline: 2px solid hsl(var(--highlight)); outline-offset: -1px; }
.tomoclick button:disabled { opacity: 0.35; cursor: default; }
.tomoclick small { color: hsl(var(--muted-foreground)); font-size: 11px; }
.tomoclick kbd { padding: 0 3px; border: 1px solid hsl(var(--input)); border-radius: 3px; font: inherit;
  font-size: 11px; }
.tomoclick-icon { width: 14px; height: 14px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6;
  stroke-linecap: round; stroke-linejoin: round; }
.tomoclick-series { overflow: hidden; color: hsl(var(--muted-foreground)); text-overflow: ellipsis;
  white-space: nowrap; }
.tomoclick-hint { color: hsl(var(--muted-foreground)); font-size: 12px; }
.tomoclick-switch { display: grid; grid-template-columns: 1fr 1fr; gap: 2px; padding: 2px; border-radius: 6px;
  background: hsl(var(--muted)); }
.tomoclick .tomoclick-switch button { color: hsl(var(--muted-foreground)); }
.tomoclick .tomoclick-switch [value='include'][aria-pressed='true'] { background: rgb(20 70 45); color: rgb(110 235 160); }
.tomoclick .tomoclick-switch [value='exclude'][aria-pressed='true'] { background: rgb(85 25 30); color: rgb(255 150 150); }
.tomoclick .tomoclick-draw { grid-template-columns: repeat(4, 1fr); }
.tomoclick .tomoclick-draw button { flex-direction: column; gap: 1px; height: 40px; padding: 0 2px;
  font-size: 11px; }
.tomoclick .tomoclick-draw [aria-pressed='true'] { background: hsl(var(--accent));
  color: hsl(var(--highlight)); }
.tomoclick-heading { display: flex; align-items: center; justify-content: space-between; }
.tomoclick-heading > span { color: hsl(var(--muted-foreground)); }
.tomoclick-segments { display: flex; flex-direction: column; gap: 2px; margin: 0; padding: 0; list-style: none; }
.tomoclick-segment { display: flex; align-items: center; gap: 8px; min-height: 40px; padding: 2px 4px 2px 8px;
  border-left: 3px solid transparent; border-radius: 4px; background: hsl(var(--muted)); cursor: pointer; }
.tomoclick-segment[aria-current='true'] { border-left-color: hsl(var(--highlight));
  background: hsl(var(--accent)); }
.tomoclick-segment input[type='color'] { width: 16px; height: 16px; flex: none; padding: 0; border: 0;
  border-radius: 3px; background: none; cursor: pointer; }
.tomoclick-segment input[type='color']::-webkit-color-swatch-wrapper { padding: 0; }
.tomoclick-segment input[type='color']::-webkit-color-swatch { border: 0; border-radius: 3px; }
.tomoclick-naming { position: relative; display: flex; min-width: 0; flex: 1; }
.tomoclick-terms { position: absolute; z-index: 20; top: 100%; left: -8px; width: 220px; max-height: 240px; margin: 2px 0 0;
  padding: 2px; overflow-y: auto; border: 1px solid hsl(var(--input)); border-radius: 4px;
  background: hsl(var(--background)); box-shadow: 0 4px 16px rgb(0 0 0 / 0.6); list-style: none; }
.tomoclick-terms li { padding: 4px 8px; border-radius: 3px; cursor: pointer; }
.tomoclick-terms li small { margin-left: 4px; }
.tomoclick-terms li:hover { background: hsl(var(--primary) / 0.18); }
.tomoclick-terms [aria-selected='true'] { background: hsl(var(--accent)); color: hsl(var(--highlight)); }
.tomoclick-label { min-width: 0; flex: 1; padding: 2px 4px; border-radius: 3px; background: transparent;
  color: inherit; text-overflow: ellipsis; }
.tomoclick-label:focus { background: hsl(var(--background)); }
.tomoclick .tomoclick-numbers { flex: none; flex-direction: column; align-items: flex-end; gap: 0; height: auto;
  padding: 2px 4px; color: inherit; font-variant-numeric: tabular-nums; }
.tomoclick .tomoclick-quiet { width: 24px; padding: 0; color: hsl(var(--muted-foreground)); opacity: 0.75; }
.tomoclick-segment:hover .tomoclick-quiet, .tomoclick .tomoclick-quiet:focus-visible { opacity: 1; }
.tomoclick-actions { display: flex; gap: 2px; }
.tomoclick-actions > button { flex: 1; background: hsl(var(--muted)); }
.tomoclick-adaptation { display: flex; flex-direction: column; gap: 2px; padding: 6px 8px; border-left: 3px solid
  hsl(var(--highlight)); border-radius: 4px; background: hsl(var(--muted)); font-size: 12px; overflow-wrap: anywhere; }
.tomoclick-adaptation > div { display: flex; align-items: center; justify-content: space-between; }
.tomoclick-adaptation label { display: inline-flex; align-items: center; gap: 6px; cursor: pointer; }
.tomoclick-told { position: sticky; z-index: 10; top: 0; bottom: 0; display: flex; flex-direction: column; gap: 4px;
  pointer-events: none; }
.tomoclick-told > * > * { pointer-events: auto; }
.tomoclick-status > p { background: hsl(var(--background)); }
.tomoclick-status { min-height: 34px; }
.tomoclick-waiting { display: flex; align-items: center; gap: 8px; color: hsl(var(--highlight));
  font-variant-numeric: tabular-nums; }
.tomoclick-waiting small { display: block; }
.tomoclick-spinner { width: 14px; height: 14px; flex: none; border: 2px solid currentColor;
  border-right-color: transparent; border-radius: 50%; animation: tomoclick-turn 0.9s linear infinite; }
@keyframes tomoclick-turn { to { transform: rotate(360deg); } }
.tomoclick-failure { display: flex; flex-direction: column; gap: 4px; padding: 8px; border-left: 3px solid
  rgb(255 120 90); border-radius: 4px; background: rgb(60 24 20); font-size: 12px; overflow-wrap: anywhere; }
.tomoclick-failure strong { color: rgb(255 175 150); font-size: 13px; }
.tomoclick-failure code { color: hsl(var(--muted-foreground)); font-size: 11px; }
.tomoclick .tomoclick-save { height: 34px; background: hsl(var(--primary) / 0.9); color: hsl(0 0% 2%);
  font-weight: 600; }
.tomoclick .tomoclick-save:hover:enabled { background: hsl(var(--primary)); }
.tomoclick .tomoclick-save:disabled { background: hsl(var(--muted)); color: hsl(var(--muted-foreground));
  opacity: 1; }
.tomoclick-exports { display: flex; align-items: center; justify-content: space-between; font-size: 12px;
  color: hsl(var(--muted-foreground)); }
.tomoclick-exports a { padding: 2px 8px; border-radius: 4px; color: hsl(var(--muted-foreground)); opacity: 0.5; }
.tomoclick-exports a[href] { color: hsl(var(--primary)); opacity: 1; }
.tomoclick-exports a[href]:hover { background: hsl(var(--primary) / 0.18); }
.tomoclick-stored summary { color: hsl(var(--muted-foreground)); cursor: pointer; }
.tomoclick-stored ul { display: flex; flex-direction: column; gap: 2px; max-height: 220px; margin: 4px 0 0; padding: 0;
  overflow-y: auto; list-style: none; }
.tomoclick-stored li { display: flex; align-items: center; gap: 8px; padding: 4px 4px 4px 8px; border-radius: 4px;
  background: hsl(var(--muted)); }
.tomoclick-stored li > span { min-width: 0; flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tomoclick-stored li small { display: block; overflow: hidden; text-overflow: ellipsis; }
.tomoclick-notices { display: flex; flex-direction: column; gap: 4px; }
.tomoclick-notices:empty { display: none; }
.tomoclick-caution { display: flex; align-items: flex-start; gap: 4px; padding: 6px 4px 6px 8px; border-left: 3px solid
  rgb(215 180 100); border-radius: 4px; background: rgb(48 38 16); font-size: 12px; overflow-wrap: anywhere; }
.tomoclick-caution > div { flex: 1; }
.tomoclick-caution strong { color: rgb(235 205 135); }
.tomoclick .tomoclick-caution:hover .tomoclick-quiet { opacity: 1; }
.tomoclick-question { margin-top: 4px; padding: 8px; border-left: 3px solid rgb(215 180 100); border-radius: 4px;
  background: rgb(48 38 16); font-size: 12px; }
.tomoclick-notice { margin-top: auto; padding-top: 8px; border-top: 1px solid hsl(var(--input));
  color: hsl(var(--muted-foreground)); font-size: 11px; }
.tomoclick-research { color: rgb(215 180 100); }
`;
