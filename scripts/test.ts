import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Runs every test: Jest (unit, property, contract, browser), then pytest where a Python with the model package
 * is found. Ends with one line a person can read: `N passed, N failed, N skipped`.
 *
 * Arguments go to Jest, and then Python is left out: `npm test -- server/src/domain`.
 */
interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const root = resolve(import.meta.dirname, '..');
const artifacts = join(root, 'test/artifacts');
const chosen = process.argv.slice(2);

function runJest(): Counts {
  const report = join(artifacts, 'jest.json');
  rmSync(report, { force: true });
  const run = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      join(root, 'node_modules/jest/bin/jest.js'),
      '--json',
      `--outputFile=${report}`,
      ...chosen,
    ],
    // Jest prints its JSON to stdout beside the file; what a person reads goes to stderr.
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (!existsSync(report)) {
    process.stderr.write(`Jest ended without a report (exit ${run.status ?? run.signal ?? 'unknown'}).\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const result = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numFailedTestSuites: number;
    success: boolean;
  };
  // A suite that could not even load has no failed test of its own, and still is a failure.
  const failed = Math.max(result.numFailedTests, result.numFailedTestSuites, result.success ? 0 : 1);
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests };
}

function findPython(): string | undefined {
  const candidates = [process.env['TOMOCLICK_PYTHON'], join(root, '.venv/bin/python')];
  return candidates.find(
    path => path !== undefined && spawnSync(path, ['-c', 'import pytest, torch, onnxruntime']).status === 0,
  );
}

function runPytest(): Counts {
  const python = findPython();
  if (python === undefined) {
    process.stderr.write(
      'SKIPPED: models/tests: no Python with the model package ' +
        '(python3 -m venv .venv && .venv/bin/pip install -e "models[dev]", or set TOMOCLICK_PYTHON).\n',
    );
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const report = join(artifacts, 'pytest.xml');
  rmSync(report, { force: true });
  const run = spawnSync(python, ['-m', 'pytest', '-q', '-rs', 'models/tests', `--junit-xml=${report}`], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const attribute = (name: string): number =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(readFileSync(report, 'utf8'))?.[1] ?? 0);
  const failed = Math.max(attribute('failures') + attribute('errors'), run.status === 0 ? 0 : 1);
  const skipped = attribute('skipped');
  return {
    passed: attribute('tests') - attribute('failures') - attribute('errors') - skipped,
    failed,
    skipped,
  };
}

mkdirSync(artifacts, { recursive: true });
const suites = [runJest(), ...(chosen.length === 0 ? [runPytest()] : [])];
const total = (count: keyof Counts): number => suites.reduce((sum, suite) => sum + suite[count], 0);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
process.exitCode = total('failed') > 0 || total('passed') === 0 ? 1 : 0;
