import { readFileSync } from 'node:fs';

/**
 * The clock of one host: loaded before a process of ours, it moves what `Date` says as a file tells, and leaves the
 * monotonic clock alone, as a kernel does whose time of day is set.
 */
const file = process.env['FAULTS_CLOCK'] ?? '';
const LOOKS_EVERY_MS = 100;
const Real = Date;
const real = Real.now.bind(Real);

let order = { at: 0, jumpMs: 0, drift: 0 };

function look(): void {
  try {
    order = JSON.parse(readFileSync(file, 'utf8')) as typeof order;
  } catch {
    // Nobody moved it yet, or it is being written.
  }
}

const moved = (): number => {
  const now = real();
  return Math.round(now + (now >= order.at ? order.jumpMs + (now - order.at) * order.drift : 0));
};

Real.now = moved;
globalThis.Date = new Proxy(Real, {
  construct: (target, given, as) =>
    Reflect.construct(
      target,
      given.length === 0 ? [moved()] : given,
      as === globalThis.Date ? target : as,
    ) as Date,
  apply: () => new Real(moved()).toString(),
});
look();
setInterval(look, LOOKS_EVERY_MS).unref();
