import { KeyRotation, type RotationDeps } from './key-rotation.ts';
import { KeyWatch, type WatchedKeys, type Log, startLoop, type Loop } from '../../platform/index.ts';

const EVERY_MS = 1_000;

/** Keeps the keys of a process current, without a restart. */
export function watchKeys({ log, ...deps }: WatchedKeys & { readonly log: Log }): Loop {
  const watch = new KeyWatch(deps);
  const work = async (): Promise<boolean> => {
    await watch.look();
    return false;
  };
  return startLoop({ name: 'keys', everyMs: EVERY_MS, work, log });
}

/** Continues rotations of keys, for every tenant. */
export function rotateKeys({ log, ...deps }: RotationDeps & { readonly log: Log }): Loop {
  const rotation = new KeyRotation(deps);
  const work = async (): Promise<boolean> => {
    const rotated = await rotation.turn();
    const { rewrapped, enforced, resealed, carried } = rotated;
    if (rewrapped + enforced + resealed + carried > 0) log.info(rotated, 'keys are rotated');
    return enforced + resealed + carried > 0;
  };
  return startLoop({ name: 'key rotation', everyMs: EVERY_MS, work, log });
}
