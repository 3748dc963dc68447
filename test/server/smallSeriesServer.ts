import { smallSeries } from '../phantom/smallSeries.ts';
import { ApiClient } from './apiClient.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';

export const SERIES = smallSeries({ shuffled: true });
const [ball, otherBall] = SERIES.balls;
if (!ball || !otherBall) throw new Error('the small series has too few balls');
export const [BALL, OTHER_BALL] = [ball, otherBall];

export const STARTING_TIMEOUT_MS = 120_000;

/** A server that holds the small series, and a client of it. */
export class SmallSeriesServer {
  private constructor(
    readonly server: RunningServer,
    readonly client: ApiClient,
    private readonly removeFolders: () => void,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<SmallSeriesServer> {
    const { home, imports, remove } = prepareFolders(SERIES.files);
    const server = await startServer(home, { imports: [imports], environment });
    return new SmallSeriesServer(server, new ApiClient(server.url), remove);
  }

  async end(): Promise<void> {
    await this.server.end('SIGTERM');
    this.removeFolders();
  }
}
