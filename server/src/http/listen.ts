import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listener {
  /** Where a person points the browser. */
  readonly url: string;
  /** Takes no new connections, lets running requests end, and cuts those that have not after `drainMs`. */
  readonly close: (drainMs: number) => Promise<void>;
}

/**
 * Longer than a reverse proxy (60 s by default in most) or a busy client pauses between requests: whoever closes an
 * idle connection first makes the other's next request fail.
 */
const KEEP_ALIVE_MS = 75_000;

/** @throws Error that says what to do when the address is taken */
export async function listen(handler: RequestListener, host: string, port: number): Promise<Listener> {
  const server = createServer(handler);
  // Uploads of whole studies take longer than Node's default of five minutes.
  server.requestTimeout = 0;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken
          ? new Error(`Port ${port} is in use. Stop what uses it, or set TOMOCLICK_PORT to another one.`)
          : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${actualPort}`, close: drainMs => close(server, drainMs) };
}

/** A connection whose last answer is out stays open for the next request, which will not come. */
const IDLE_CHECK_MS = 50;

async function close(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise(resolve => server.close(resolve));
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
