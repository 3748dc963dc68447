import { join } from 'node:path';
import { destination, pino, type Logger } from 'pino';

/** What waits for room on a full disk; lines beyond it are lost. */
const MOST_WAITING_BYTES = 1024 ** 2;

/**
 * Structured log, one JSON object a line: to stderr, or to server.log in the data folder while a person reads the
 * terminal. Holds no patient data and no UIDs; whoever logs sees to that.
 */
export function openLog(home: string): Logger {
  const target = process.stderr.isTTY ? join(home, 'server.log') : 2;
  const lines = destination({ dest: target, mkdir: true, sync: true, maxLength: MOST_WAITING_BYTES });
  // Unheard, the failure would be thrown at whoever logs, and end the server.
  lines.on('error', () => undefined);
  return pino({ base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, lines);
}
