import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseSession } from '../../src/temporal/conductor.ts';

/** Plays the dispatcher as long as it may, and says each time whether it does. */
const session = new DatabaseSession({ url: process.env['DATABASE'] ?? '', name: 'frozen' });
for (;;) {
  const plays = await session.plays('dispatcher').catch(() => false);
  process.stdout.write(plays ? 'mine\n' : 'not mine\n');
  await pause(100);
}
