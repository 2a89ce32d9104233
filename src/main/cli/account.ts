import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  type TrialParts,
  tryAccount,
  findingLines,
  transcriptOf,
  registerGateways,
  type TrialPerson,
  type TrialResult,
  newsLine,
  trialSender,
  OPERATORS,
  MOST_TRIALS_A_DAY,
} from '../../gateways/index.ts';
import { type Database, readClock, Vault, Refusal } from '../../platform/index.ts';
import {
  readConfig,
  type Config,
  KeyRingUnusable,
  openKeyRing,
  isFake,
  type GatewayAccount,
} from '../../settings/index.ts';
import { CannotStart } from '../../base/index.ts';
import { mobileLine } from '../../people/index.ts';
import { openForCommand } from '../parts.ts';
import { maskPhone } from '../../sms/index.ts';
import { tenantOf, tenantsAfter } from '../../company/index.ts';
import { openedAccount } from '../worker/worker-operators.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import '../wiring.ts';

const USAGE = `npm run account -- try NAME      tries an account with a phone of your own, in ten minutes
  --language fr|en               how it speaks; else as LANG says
  --tenant ID                    whose sender is used, where there are several
  --wait SECONDS                 how long a receipt or a reply is waited for (120)
  --to FOLDER                    where the transcript goes (this folder)`;

type Asked = ReturnType<typeof askedIn>;

function askedIn(words: readonly string[]) {
  const { values, positionals } = read(words);
  const [verb, name, ...rest] = positionals;
  const seconds = Number(values.wait ?? '120');
  if (verb !== 'try' || name === undefined || rest.length > 0 || !(seconds >= 0 && seconds <= 600))
    throw new CannotStart(USAGE);
  const named = values.language ?? process.env['LANG'] ?? '';
  const language: Language = named.startsWith('fr') ? 'fr' : 'en';
  return {
    name,
    language,
    tenant: values.tenant,
    waitMs: seconds * 1_000,
    folder: values.to ?? '.',
  };
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        language: { type: 'string' },
        tenant: { type: 'string' },
        wait: { type: 'string' },
        to: { type: 'string' },
      },
    });
  } catch (cause) {
    throw new CannotStart(USAGE, { cause });
  }
}

/** Questions and answers, a line each; the end of the input is an empty answer. */
class Terminal {
  readonly #lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

  say(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  async ask(question: string): Promise<string> {
    process.stdout.write(question);
    const { value, done } = await this.#lines.next();
    return done === true ? '' : value.trim();
  }
}

function personAt(terminal: Terminal, { language }: Asked, { kind }: GatewayAccount): TrialPerson {
  const words = wordsIn(language).doctor.terminal;
  return {
    phone: async () => {
      const typed = await terminal.ask(words.phone);
      if (typed === '') return undefined;
      const { e164 } = mobileLine(typed);
      const sure = await terminal.ask(words.sure(maskPhone(e164)));
      return /^(oui|o|yes|y)$/i.test(sure) ? e164 : undefined;
    },
    show: (news) => Promise.resolve(terminal.say(newsLine(news, language))),
    // All of it is printed at the end.
    found: () => Promise.resolve(),
    shown: async (text) => {
      const said = await terminal.ask(words.shown(text));
      if (/^(oui|o|yes|y)$/i.test(said)) return 'as-sent';
      return /^(non|no|n)$/i.test(said) ? 'otherwise' : 'nothing';
    },
    typeStop: async () => {
      await terminal.ask(words.typeStop(OPERATORS[kind].stopHow[language]));
    },
  };
}

async function report(
  terminal: Terminal,
  asked: Asked,
  about: { kind: string; tried: TrialResult },
): Promise<void> {
  const { language, folder, name } = asked;
  const { kind, tried } = about;
  const words = wordsIn(language).doctor.terminal;
  terminal.say('');
  for (const line of findingLines(tried.findings, language)) terminal.say(line);
  terminal.say('');
  if (tried.findings.some(({ id, verdict }) => id === 'reply-words' && verdict === 'held'))
    terminal.say(words.lift);
  const file = path.join(folder, `account-${name}.json`);
  await writeFile(file, transcriptOf(kind, tried), { mode: 0o600 });
  terminal.say(words.transcript(file, tried.transcript.length));
  if (tried.withheld > 0) terminal.say(words.withheld(tried.withheld));
}

async function tenantAsked(database: Database, asked: string | undefined): Promise<string> {
  const known = await database.outside((tx) => tenantsAfter(tx, { most: 2 }));
  const [only, other] = known;
  if (asked !== undefined) return asked;
  if (only === undefined) throw new CannotStart('No company is there yet: start the instance first.');
  if (other === undefined) return only;
  throw new CannotStart('There are several companies: say whose sender is used with --tenant ID.');
}

async function senderOf(database: Database, account: GatewayAccount, tenantId: string): Promise<string> {
  const own = await database.withTenant(tenantId, (tx) => tenantOf(tx));
  const sender = trialSender(own?.sender, { fake: isFake(account) });
  if (sender !== undefined) return sender;
  throw new CannotStart('The company has no sender yet: PATCH /v1/tenant { "sender": "…" } first.');
}

async function obey(
  config: Config,
  asked: Asked,
  { database, clock }: Awaited<ReturnType<typeof openForCommand>>,
): Promise<void> {
  const account = config.gateways.find(({ name }) => name === asked.name);
  if (account === undefined)
    throw new CannotStart(
      `BONHEURE_GATEWAYS has no account "${asked.name}": ${config.gateways.map(({ name }) => name).join(', ')}.`,
    );
  const vault = new Vault(await openKeyRing(config.keysFile));
  await clock.follow(() => database.outside(readClock));
  const ids = await registerGateways(config, { database, clock });
  const tenantId = await tenantAsked(database, asked.tenant);
  const sender = await senderOf(database, account, tenantId);
  // Operators count sessions: one more than the workers have is enough.
  const gateway = openedAccount({ ...account, connections: 1 }, config, clock);
  const parts: TrialParts = {
    database,
    vault,
    clock,
    account,
    accountId: ids.get(account.name) ?? '',
    gateway,
    tenantId,
    sender,
    language: asked.language,
    waitMs: { receipt: asked.waitMs, reply: asked.waitMs },
    rest: (ms) => pause(ms),
  };
  const terminal = new Terminal();
  // After an interruption the trial asks nothing more: it ends in order and prints what it saw.
  process.once('SIGINT', () => process.stdin.destroy());
  try {
    const found = await tryAccount(parts, personAt(terminal, asked, account));
    if (found === undefined)
      throw new CannotStart(wordsIn(asked.language).doctor.terminal.busy(MOST_TRIALS_A_DAY));
    await report(terminal, asked, { kind: account.kind, tried: found });
    if (found.findings.some(({ verdict }) => verdict === 'failed')) process.exitCode = 2;
  } finally {
    await gateway.close();
  }
}

/** Tries an account before its use, and names the false assumptions of its adapter. */
async function main(): Promise<void> {
  const asked = askedIn(process.argv.slice(2));
  const config = readConfig(process.env);
  const opened = await openForCommand(config, 'bonheure-account');
  try {
    await obey(config, asked, opened);
  } finally {
    await opened.database.close();
    process.stdin.destroy();
  }
}

try {
  await main();
} catch (cause) {
  const isSaid = cause instanceof CannotStart || cause instanceof KeyRingUnusable || cause instanceof Refusal;
  if (!isSaid) throw cause;
  process.stderr.write(`${cause instanceof Refusal ? `${cause.code} ` : ''}${cause.message}\n`);
  process.exitCode = 1;
}
