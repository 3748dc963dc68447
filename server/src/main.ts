import { parseCommandLine } from './config/arguments.ts';
import { readConfig, type Config } from './config/environment.ts';
import { compose } from './compose.ts';
import { listen } from './http/listen.ts';
import { isLoopbackName } from './http/sameSite.ts';
import { openLog } from './log.ts';

/** How long running requests may take to end after a signal to stop. */
const DRAIN_MS = 10_000;

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** @throws Error for an address that others could reach */
function requireLoopback({ host }: Config): void {
  if (isLoopbackName(host)) return;
  throw new Error(
    `TOMOCLICK_HOST=${host} would let other machines in, and this version does not ask who they are. ` +
      'Use 127.0.0.1, and reach it from elsewhere through an SSH tunnel.',
  );
}

async function main(): Promise<void> {
  const { imports } = parseCommandLine(process.argv.slice(2));
  const config = readConfig();
  requireLoopback(config);
  const log = openLog(config.home);
  const house = compose(config, log, tell);
  const listener = await listen(house.app, config.host, config.port);

  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) process.exit(130);
    stopping = true;
    tell(`${signal}: finishing what is running; once more to stop at once.`);
    await listener.close(DRAIN_MS);
    await house.close();
    process.exit(0);
  };
  process.on('SIGINT', signal => void stop(signal));
  process.on('SIGTERM', signal => void stop(signal));

  tell(`Preparing ${listener.url}`);
  try {
    await house.prepare(imports);
    tell(`Tomoclick is ready: ${listener.url}`);
  } catch (error) {
    // A stop during the preparation ends it with an error of its own.
    if (stopping) return;
    await listener.close(0);
    await house.close();
    throw error;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
