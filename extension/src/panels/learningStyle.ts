/** Looks of tasks and learning, beside those of the panel (panelStyle.ts). */
export const learningStyle = `
.tomoclick-part > summary { padding: 4px 0; color: hsl(var(--muted-foreground)); cursor: pointer; }
.tomoclick-part[open] > div { display: flex; flex-direction: column; gap: 6px; padding-top: 4px; }
.tomoclick-row { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; padding: 6px 8px;
  border-radius: 4px; background: hsl(var(--muted)); font-variant-numeric: tabular-nums; }
.tomoclick-row > span { display: flex; min-width: 0; flex: 1; flex-direction: column; overflow-wrap: anywhere; }
.tomoclick-row a { color: hsl(var(--primary)); font-size: 12px; }
.tomoclick-row progress { width: 100%; height: 6px; accent-color: hsl(var(--highlight)); }
.tomoclick-text { padding: 4px 6px; border: 1px solid hsl(var(--input)); border-radius: 4px;
  background: hsl(var(--background)); color: inherit; }
.tomoclick-row .tomoclick-question { width: 100%; margin: 0; }
.tomoclick-cases { display: flex; flex-direction: column; gap: 6px; }
.tomoclick-find { display: flex; gap: 6px; }
.tomoclick-find input { min-width: 0; flex: 1; }
.tomoclick-patients { display: flex; flex-direction: column; gap: 8px; max-height: 360px; overflow-y: auto; }
.tomoclick-patient { display: flex; flex-direction: column; gap: 2px; min-width: 0; margin: 0; padding: 0; border: 0; }
.tomoclick-patient legend { position: sticky; top: 0; width: 100%; padding: 2px 0; overflow: hidden;
  background: hsl(var(--background)); color: hsl(var(--highlight)); font-size: 12px; text-overflow: ellipsis;
  white-space: nowrap; }
.tomoclick-case { display: flex; align-items: flex-start; gap: 8px; padding: 4px 8px; border-radius: 4px;
  background: hsl(var(--muted)); cursor: pointer; font-variant-numeric: tabular-nums; }
.tomoclick-case:has(:checked) { background: hsl(var(--accent)); }
.tomoclick-case input { flex: none; margin-top: 3px; accent-color: hsl(var(--highlight)); }
.tomoclick-case > span { display: flex; min-width: 0; flex: 1; flex-direction: column; overflow-wrap: anywhere; }
.tomoclick-case small { display: flex; flex-wrap: wrap; column-gap: 8px; }
.tomoclick-case small span { white-space: nowrap; text-overflow: ellipsis; overflow: hidden; max-width: 100%; }
.tomoclick-members { width: 100%; overflow-wrap: anywhere; }
.tomoclick-members > summary { color: hsl(var(--muted-foreground)); cursor: pointer; font-size: 11px; }
.tomoclick-members ul { margin: 2px 0 0; padding: 0; list-style: none; }
.tomoclick-members li { font-size: 11px; }
.tomoclick-settings label { display: flex; align-items: center; justify-content: space-between; gap: 8px;
  font-size: 12px; }
.tomoclick-settings input, .tomoclick-settings select { max-width: 60%; padding: 2px 6px; border: 1px solid
  hsl(var(--input)); border-radius: 4px; background: hsl(var(--background)); color: inherit; }
.tomoclick-settings input[type=number] { width: 80px; }
.tomoclick .tomoclick-row small.tomoclick-warning { color: rgb(235 195 110); }
.tomoclick-warning { color: rgb(235 195 110); font-size: 12px; }
.tomoclick-ranks { display: flex; flex-direction: column; gap: 4px; max-height: 480px; margin: 0; padding: 0;
  overflow-y: auto; list-style: none; }
.tomoclick-rank { min-width: 1.5em; text-align: right; color: hsl(var(--highlight)); }
.tomoclick-ranks meter { width: 60%; height: 8px; vertical-align: middle; }
.tomoclick-ranks meter::-webkit-meter-optimum-value { background: hsl(var(--highlight)); }
.tomoclick-ranks .tomoclick-open { padding: 4px 8px; border: 1px solid hsl(var(--input)); border-radius: 4px;
  text-decoration: none; }
.tomoclick-more { display: flex; align-items: center; justify-content: space-between; gap: 8px; font-size: 12px;
  color: rgb(235 195 110); }
.tomoclick-more button { flex: none; }
.tomoclick-curve { width: 100%; height: 48px; background: hsl(var(--background)); }
.tomoclick-log { max-height: 90px; margin: 0; overflow: auto; font-size: 11px; white-space: pre-wrap;
  color: hsl(var(--muted-foreground)); }
`;
