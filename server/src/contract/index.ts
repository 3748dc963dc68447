export * from './capabilities.ts';
export * from './identifiers.ts';
export * from './measurements.ts';
export * from './prediction.ts';
export * from './problem.ts';
export * from './prompt.ts';
export * from './segmentation.ts';
export * from './segmentationFormat.ts';
