import { parseArgs } from 'node:util';

export interface CommandLine {
  /** Files, folders and zip archives to add to the embedded archive. */
  readonly imports: readonly string[];
}

export const USAGE = 'Usage: npm start -- [--import DIR|ZIP|FILE …]';

/** @throws Error that says how the command is used */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { import: { type: 'string', multiple: true } },
      allowPositionals: true,
    });
    const imports = values.import ?? [];
    // `--import a b`: the shell's expansion of a pattern lands behind the option.
    if (imports.length === 0 && positionals.length > 0)
      throw new Error(`Unexpected: ${positionals.join(' ')}`);
    return { imports: [...imports, ...positionals] };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
}
