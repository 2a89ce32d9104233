import { OPERATORS } from '../src/gateways/operators.ts';
import type { Capabilities } from '../src/sending/gateway/gateway.ts';
import { KINDS, SCENARIOS, type Kind, type Scenario } from '../test/gateways/conformance/scenario-list.ts';

const NAMES: Readonly<Record<Kind, string>> = {
  octopush: 'Octopush',
  ovh: 'OVHcloud',
  twilio: 'Twilio',
  smpp: 'SMPP',
  brevo: 'Brevo',
  smsmode: 'smsmode',
};

const yes = (is: boolean): string => (is ? 'yes' : 'no');
const minutes = (ms: number): string => (ms >= 3_600_000 ? `${ms / 3_600_000} h` : `${ms / 60_000} min`);

const LOOK_UPS: Readonly<Record<Capabilities['lookup'], string>> = {
  'by-key': 'by our key',
  'by-recipient': 'by number and text',
  none: 'none',
};

const lifetime = ({ validity }: Capabilities): string =>
  validity === null ? 'none is taken' : `up to ${minutes(validity.longestMs)}`;

/** What is worth knowing of an account before it is opened. */
const FACTS: readonly [string, (one: Capabilities) => string][] = [
  ['A call repeated under its key is taken once', ({ idempotency }) => yes(idempotency === 'key-24h')],
  ['Look-up of a lost answer', ({ lookup }) => LOOK_UPS[lookup]],
  [
    '“Not found” proves something after',
    ({ lookup, indexingDelayMs }) =>
      lookup === 'none' ? '–' : Number.isFinite(indexingDelayMs) ? minutes(indexingDelayMs) : 'never',
  ],
  ['Receipts', ({ receipts }) => receipts.replace('-', ' ')],
  ['Its calls to us are signed', ({ signedCallbacks }) => yes(signedCallbacks)],
  ['It may hold a message by hours of its own', ({ ownWindow }) => yes(ownWindow)],
  ['A STOP mention makes a reminder advertising', (one) => yes(one.stopMentionReclassifies)],
  ['It writes the mention of advertising itself', ({ stopMention }) => yes(stopMention === 'appended')],
  ['A person can answer the sender', ({ canReceive }) => yes(canReceive)],
  ['Its list of STOP can be pulled', ({ stopList }) => yes(stopList)],
  ['Lifetime of a message', lifetime],
];

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const header = (first: string): string =>
  [row([first, ...KINDS.map((kind) => NAMES[kind])]), row(['---', ...KINDS.map(() => '---')])].join('\n');

/** The page on operators: what each can, and what was tried with each. */
export function gatewaysPage(): string {
  const scenarios: readonly [string, Scenario][] = Object.entries(SCENARIOS);
  return `# Operators

Printed from the adapters and from the scenarios that are run against each. How to open an account: [operating/gateways.md](operating/gateways.md).

The adapters are made from the operators' documentation and tried against fakes made from it; none was tried with a real account. What documentation leaves open is asked of the operator in writing before the first message.

## What each can and cannot

${header('')}
${FACTS.map(([what, told]) => row([what, ...KINDS.map((kind) => told(OPERATORS[kind].capabilities))])).join('\n')}

## What was tried

Each scenario is run against each fake by \`npx vitest run test/gateways/conformance\`; a tick stands where it is run. *Unknown* means that the message is parked as \`uncertain\` until evidence decides, and never sent again on a guess.

${header('Scenario, and what must become of it')}
${scenarios.map(([name, scenario]) => row([`${name}: ${scenario.expected}`, ...KINDS.map((kind) => cell(scenario, kind))])).join('\n')}
`;
}

const cell = ({ impossible }: Scenario, kind: Kind): string => impossible?.[kind] ?? '✓';
