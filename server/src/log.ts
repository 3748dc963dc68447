import { join } from 'node:path';
import { destination, pino, type Logger } from 'pino';

/**
 * Structured log, one JSON object a line: to stderr, or to server.log in the data folder while a person reads the
 * terminal. Holds no patient data and no UIDs; whoever logs sees to that.
 */
export function openLog(home: string): Logger {
  const target = process.stderr.isTTY ? join(home, 'server.log') : 2;
  return pino(
    { base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    destination({ dest: target, mkdir: true, sync: true }),
  );
}
