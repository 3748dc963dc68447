const DESCRIBED = ['task.json', 'adapter.safetensors', 'CARD.md'] as const;
const RUN = ['task_decoder.onnx', 'task_model.onnx'] as const;
type Described = (typeof DESCRIBED)[number];

/** The files that task packages are made of. */
export const PACKAGE_FILE_NAMES = [...DESCRIBED, ...RUN] as const;
export type PackageFileName = (typeof PACKAGE_FILE_NAMES)[number];

/** Something of each file of a package that runs as its base with an adapter merged in, and a decoder behind it. */
export type AdapterPackage<Value> = Readonly<Record<Described | 'task_decoder.onnx', Value>>;
/** Something of each file of a package that runs as a graph of its own, beside the weights of its base. */
export type GraphPackage<Value> = Readonly<Record<Described | 'task_model.onnx', Value>>;
export type TaskPackage<Value> = AdapterPackage<Value> | GraphPackage<Value>;

/** As much of a package as there is so far. */
export type PartOfPackage<Value> = Readonly<Partial<Record<PackageFileName, Value>>>;

export function isGraphPackage<Value>(files: TaskPackage<Value>): files is GraphPackage<Value> {
  return 'task_model.onnx' in files;
}

/** The names of the files that a package lacks; of the two that it may be run by one is enough, and both are none. */
export function missingOf(files: PartOfPackage<unknown>): readonly string[] {
  const described = DESCRIBED.filter(name => files[name] === undefined);
  const run = RUN.filter(name => files[name] !== undefined);
  return run.length === 1 ? described : [...described, `either ${RUN.join(' or ')}`];
}

/** The package, where nothing of it is missing. */
export function wholePackage<Value>(files: PartOfPackage<Value>): TaskPackage<Value> | undefined {
  const {
    'task.json': task,
    'adapter.safetensors': adapter,
    'CARD.md': card,
    'task_decoder.onnx': decoder,
    'task_model.onnx': model,
  } = files;
  if (task === undefined || adapter === undefined || card === undefined) return undefined;
  const described = { 'task.json': task, 'adapter.safetensors': adapter, 'CARD.md': card };
  if (decoder !== undefined && model === undefined) return { ...described, 'task_decoder.onnx': decoder };
  if (model !== undefined && decoder === undefined) return { ...described, 'task_model.onnx': model };
  return undefined;
}

/** Makes something else of what there is of each file, one after the other. */
export async function mapPackage<From, To>(
  files: TaskPackage<From>,
  make: (value: From, name: PackageFileName) => To | Promise<To>,
): Promise<TaskPackage<To>> {
  const described = {
    'task.json': await make(files['task.json'], 'task.json'),
    'adapter.safetensors': await make(files['adapter.safetensors'], 'adapter.safetensors'),
    'CARD.md': await make(files['CARD.md'], 'CARD.md'),
  };
  return isGraphPackage(files)
    ? { ...described, 'task_model.onnx': await make(files['task_model.onnx'], 'task_model.onnx') }
    : { ...described, 'task_decoder.onnx': await make(files['task_decoder.onnx'], 'task_decoder.onnx') };
}
