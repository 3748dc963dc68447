import { segmentationMeasures } from './segmentations.ts';
for (const m of await segmentationMeasures()) console.log(m.name, m.value.toFixed(1), m.unit, m.aim ?? '');
process.exit(0);
