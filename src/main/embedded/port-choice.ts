import { CannotStart } from '../../platform/errors.ts';
import { freePort, isFree, isOurs } from './free-port.ts';
import { until } from '../../platform/until.ts';

// What a killed run leaves behind is gone by then.
const PATIENCE_MS = 3000;

/** Answers the port people asked for, or refuses when it is taken. */
export async function ownPort(port: number, host: string | undefined): Promise<number> {
  if (port === 0) return freePort();
  if (host !== undefined && !(await isOurs(host)))
    throw new CannotStart(`HOST is ${host}, which is no address of this machine: give another, or unset it.`);
  if (await until(() => isFree(port, host), PATIENCE_MS)) return port;
  const other = port === 65_535 ? 8080 : port + 1;
  throw new CannotStart(
    `Port ${port} is taken by another program: stop that one, or choose another port, for example PORT=${other} npm start.`,
  );
}

/** Answers the port of Temporal's pages; another free one when it is taken. */
export async function uiPort(port: number, tell: (line: string) => void): Promise<number> {
  if (port !== 0 && (await isFree(port, '127.0.0.1'))) return port;
  const found = await freePort();
  if (port !== 0) tell(`Port ${port} is taken: Temporal's pages are on port ${found} this time.`);
  return found;
}
