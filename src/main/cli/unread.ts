import { instant, readClock, Vault } from '../../platform/index.ts';
import { readConfig, type Config, KeyRingUnusable, openKeyRing } from '../../settings/index.ts';
import { uuidV7, CannotStart } from '../../base/index.ts';
import { keptReader, readAllAgain } from '../../gateways/index.ts';
import {
  forgetUnread,
  latestUnread,
  type KeptRow,
  unsealedCall,
  openKept,
  type OpenedCall,
} from '../../sending/index.ts';
import { openForCommand } from '../parts.ts';
import '../wiring.ts';

const NONE = 'Whatever operators told could be read.\n';
const USAGE = `npm run unread                shows what nobody could read, the latest first
npm run unread -- again       reads it again, as after an upgrade
npm run unread -- done ID…    forgets what you dealt with
`;
const MOST_SHOWN = 1_000;

const letters = (bytes: Buffer): string =>
  bytes.toString('latin1').replaceAll(/[^\x20-\x7e\xa0-\xff]+/g, ' ');

/** Returns the readable letters of a call; for a binary protocol, also all its bytes in hexadecimal. */
function callText(opened: OpenedCall): string {
  if (opened.wire === 'smpp') return `  ${letters(opened.bytes)}\n  ${opened.bytes.toString('hex')}`;
  const { method, target, contentType, contentEncoding, body } = unsealedCall(opened.sealed);
  const about = [method, target, contentType, contentEncoding].filter((one) => one !== '').join(' ');
  return `  ${about}\n  ${contentEncoding === '' ? letters(body) : body.toString('hex')}`;
}

/** Describes one call: when it arrived, through which account, how often, and what was in it. */
const callLines = ({ id, receivedAt, accountName, times, pieces }: KeptRow, opened: OpenedCall): string =>
  `${receivedAt} ${accountName} ${times}x, ${pieces} unread, ${id}\n${callText(opened)}\n`;

interface Parts extends Awaited<ReturnType<typeof openForCommand>> {
  readonly config: Config;
  readonly vault: Vault;
}

async function show({ database, vault, clock }: Parts): Promise<string> {
  const at = instant(clock.machine()).toISO();
  return database.outside(async (tx) => {
    const keys = await vault.instanceKeys(tx, 'inbox', at);
    const rows = await latestUnread(tx, MOST_SHOWN);
    return rows.length === 0 ? NONE : rows.map((row) => callLines(row, openKept(keys, row))).join('');
  });
}

async function again({ config, database, vault, clock }: Parts): Promise<string> {
  await clock.follow(() => database.outside(readClock));
  const accounts = new Map(config.gateways.map((account) => [account.name, account]));
  const { read, left } = await readAllAgain({
    database,
    vault,
    clock,
    newId: () => uuidV7(clock.machine()),
    accountNamed: (name) => {
      const account = accounts.get(name);
      return account && { acknowledgesStop: account.acknowledgesStop, reader: keptReader(account) };
    },
  });
  return `${read} read, ${left} still unread.\n`;
}

const isId = (word: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(word);

async function done({ database }: Parts, ids: readonly string[]): Promise<string> {
  return `${await database.outside((tx) => forgetUnread(tx, ids))} forgotten.\n`;
}

function orderOf([verb, ...rest]: readonly string[]): ((parts: Parts) => Promise<string>) | undefined {
  if (verb === undefined) return show;
  if (verb === 'again' && rest.length === 0) return again;
  if (verb === 'done' && rest.length > 0 && rest.every(isId)) return (parts) => done(parts, rest);
  return undefined;
}

/**
 * Shows the calls that nobody could read to a holder of the keys, reads them again, or removes them; a STOP may be
 * among them.
 */
async function main(): Promise<void> {
  const order = orderOf(process.argv.slice(2));
  if (order === undefined) throw new CannotStart(USAGE.trimEnd());
  const config = readConfig(process.env);
  const vault = new Vault(await openKeyRing(config.keysFile));
  const opened = await openForCommand(config, 'bonheure-unread');
  try {
    process.stdout.write(await order({ config, vault, ...opened }));
  } finally {
    await opened.database.close();
  }
}

try {
  await main();
} catch (cause) {
  const isForPeople = cause instanceof CannotStart || cause instanceof KeyRingUnusable;
  if (!isForPeople) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exitCode = 1;
}
