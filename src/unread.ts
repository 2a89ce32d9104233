import { instant, ProcessClock } from './clock.ts';
import { readConfig } from './config.ts';
import { openDatabase } from './database/connection.ts';
import { KeyRingUnusable, openKeyRing } from './database/key-ring.ts';
import { Vault } from './database/vault.ts';
import { CannotStart } from './errors.ts';
import { readUnread, type ShownUnread } from './messages/unread-delivery.repository.ts';
import { databaseUrlOf } from './settings-database.ts';

const NONE = 'Whatever operators told over SMPP could be read.';

/** When it came, through which account, how often, and its bytes: those that are letters, then all of them. */
const shown = ({ receivedAt, accountName, times, bytes }: ShownUnread): string =>
  `${receivedAt} ${accountName} ${times}x\n  ${bytes.toString('latin1').replaceAll(/[^\x20-\x7e]+/g, ' ')}\n  ${bytes.toString('hex')}`;

/** Prints what nobody could read, for whoever holds the keys: a STOP may be among it. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const vault = new Vault(await openKeyRing(config.keysFile));
  const database = await openDatabase({
    url: databaseUrlOf(config),
    connections: 1,
    name: 'bonheure-unread',
  });
  try {
    const clock = new ProcessClock({ movable: false });
    const at = instant(clock.machine()).toISO();
    const unread = await database.outside((tx) => readUnread(tx, vault, at));
    process.stdout.write(`${unread.length === 0 ? NONE : unread.map(shown).join('\n')}\n`);
  } finally {
    await database.close();
  }
}

try {
  await main();
} catch (cause) {
  const isSaid = cause instanceof CannotStart || cause instanceof KeyRingUnusable;
  if (!isSaid) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exitCode = 1;
}
