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

type Options = ReturnType<typeof optionsIn>;

function optionsIn(args: readonly string[]) {
  const { values, positionals } = read(args);
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

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
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

/** Asks and answers on the terminal, a line each; the end of the input counts as an empty answer. */
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

function personAt(terminal: Terminal, { language }: Options, { kind }: GatewayAccount): TrialPerson {
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
    // Findings are printed at the end.
    found: () => Promise.resolve(),
    shown: async (text) => {
      const reply = await terminal.ask(words.shown(text));
      if (/^(oui|o|yes|y)$/i.test(reply)) return 'as-sent';
      return /^(non|no|n)$/i.test(reply) ? 'otherwise' : 'nothing';
    },
    typeStop: async () => {
      await terminal.ask(words.typeStop(OPERATORS[kind].stopHow[language]));
    },
  };
}

async function report(
  terminal: Terminal,
  { language, folder, name }: Options,
  { kind, tried }: { kind: string; tried: TrialResult },
): Promise<void> {
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

/** Returns the tenant whose sender is used: the one of the option, or the only one there is. */
async function chosenTenant(database: Database, option: string | undefined): Promise<string> {
  if (option !== undefined) return option;
  const [only, other] = await database.outside((tx) => tenantsAfter(tx, { most: 2 }));
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

async function run(
  config: Config,
  options: Options,
  { database, clock }: Awaited<ReturnType<typeof openForCommand>>,
): Promise<void> {
  const account = config.gateways.find(({ name }) => name === options.name);
  if (account === undefined)
    throw new CannotStart(
      `BONHEURE_GATEWAYS has no account "${options.name}": ${config.gateways.map(({ name }) => name).join(', ')}.`,
    );
  const vault = new Vault(await openKeyRing(config.keysFile));
  await clock.follow(() => database.outside(readClock));
  const ids = await registerGateways(config, { database, clock });
  const tenantId = await chosenTenant(database, options.tenant);
  const sender = await senderOf(database, account, tenantId);
  // Operators limit the number of sessions: this opens only one more than the workers have.
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
    language: options.language,
    waitMs: { receipt: options.waitMs, reply: options.waitMs },
    rest: (ms) => pause(ms),
  };
  const terminal = new Terminal();
  // After Ctrl-C the trial asks no more questions: it ends in order and prints what it has found.
  process.once('SIGINT', () => process.stdin.destroy());
  try {
    const found = await tryAccount(parts, personAt(terminal, options, account));
    if (found === undefined)
      throw new CannotStart(wordsIn(options.language).doctor.terminal.busy(MOST_TRIALS_A_DAY));
    await report(terminal, options, { kind: account.kind, tried: found });
    if (found.findings.some(({ verdict }) => verdict === 'failed')) process.exitCode = 2;
  } finally {
    await gateway.close();
  }
}

/** Tries an account before it is used, and reports where its operator differs from what its adapter assumes. */
async function main(): Promise<void> {
  const options = optionsIn(process.argv.slice(2));
  const config = readConfig(process.env);
  const opened = await openForCommand(config, 'bonheure-account');
  try {
    await run(config, options, opened);
  } finally {
    await opened.database.close();
    process.stdin.destroy();
  }
}

try {
  await main();
} catch (cause) {
  const isForPeople =
    cause instanceof CannotStart || cause instanceof KeyRingUnusable || cause instanceof Refusal;
  if (!isForPeople) throw cause;
  process.stderr.write(`${cause instanceof Refusal ? `${cause.code} ` : ''}${cause.message}\n`);
  process.exitCode = 1;
}
