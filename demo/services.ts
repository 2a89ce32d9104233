import { DateTime } from 'luxon';
import { breathe, jumpTo, lawNow, spoken, until, type Stage, type Told } from './stage.ts';

const WORDING = 'J’accepte de recevoir par SMS les rappels de mon contrat. Je peux arrêter à tout moment.';

interface Step {
  readonly step: string;
  readonly plannedAt: string | null;
  readonly state: string;
  readonly because?: { readonly code: string; readonly text: string };
}

interface Series {
  readonly state: string;
  readonly legalNotice?: string;
  readonly steps: readonly Step[];
}

interface Received {
  readonly text: string;
  readonly acceptedAt: string;
}

/** Somebody with a contract or a plan, and where it is filed. */
interface Customer {
  readonly name: string;
  readonly phone: string;
  readonly where: string;
}

/** A company files a contract that renews by itself and a payment in two parts. */
export async function services(stage: Stage): Promise<readonly Told[]> {
  stage.say('THE COMPANY. A contract that renews by itself, and a payment in two parts.');
  const [emile, farah] = customers(stage);
  const now = await lawNow(stage);
  await thePlan(stage, farah, now);
  await theContract(stage, emile, now);
  for (const customer of [emile, farah])
    await until(stage, 'for the reminders to end', {
      ask: () => stage.system.ask<Series>('GET', customer.where),
      wanted: ({ state }) => state === 'completed',
    });
  return [
    await lineOf(stage, emile, 'once, in the time of the legal notice, which it never replaces'),
    await lineOf(stage, farah, 'the schedule, then what was not paid'),
  ];
}

/** Numbers kept for fiction, others at each telling. */
function customers({ run }: Stage): readonly [Customer, Customer] {
  const first = 5_000 + (Number.parseInt(run, 36) % 2_400) * 2;
  const phone = (at: number): string =>
    `+3363998${String(first + at)
      .padStart(4, '0')
      .slice(-4)}`;
  return [
    { name: 'Émile', phone: phone(0), where: `/v1/subscriptions/demo-${run}-Emile` },
    { name: 'Farah', phone: phone(1), where: `/v1/payment-plans/demo-${run}-Farah` },
  ];
}

const agreed = ({ phone }: Customer): object => ({
  contact: { phone },
  consent: { method: 'paper', grantedAt: '2026-06-01', wording: WORDING },
});

async function thePlan(stage: Stage, farah: Customer, now: DateTime): Promise<void> {
  const instalments = [20, 50].map((days, index) => ({
    number: index + 1,
    dueOn: now.plus({ days }).toISODate(),
    amount: '49.00',
    currency: 'EUR',
  }));
  const body = { ...agreed(farah), label: 'Entretien', instalments };
  const filed = await stage.system.ask<Series>('PUT', farah.where, { body });
  stage.say('Farah pays in two parts. She is told of both at once, then of each before it comes.');
  await reached(stage, farah, { step: 'schedule', series: filed, count: 1 });
  const paid = await stage.system.ask<Series>('POST', `${farah.where}/instalments/1/paid`);
  stage.say('The first is paid: nothing asks for it any more. The second is still reminded of.');
  await reached(stage, farah, { step: '2/P3D', series: paid, count: 2 });
  await breathe(stage, 1);
}

async function theContract(stage: Stage, emile: Customer, now: DateTime): Promise<void> {
  const body = {
    ...agreed(emile),
    service: 'Confort',
    renewsOn: now.plus({ months: 6 }).toISODate(),
    refuseBy: now.plus({ months: 5 }).toISODate(),
    reminders: ['P7D'],
  };
  const filed = await stage.system.ask<Series>('PUT', emile.where, { body });
  stage.say(
    'Émile may refuse his renewal; the company wants to say so a week before. The law wants it sooner:',
  );
  stage.quote(filed.steps[0]?.because?.text ?? '');
  stage.say(`  Its letter is ${filed.legalNotice}: no SMS takes its place. Once sent, the company names it.`);
  const told = { ...body, legalNoticeRef: 'LRAR-651632' };
  const series = await stage.system.ask<Series>('PUT', emile.where, { body: told });
  await reached(stage, emile, { step: 'P7D', series, count: 1 });
  await breathe(stage, 1);
}

interface Awaited {
  readonly step: string;
  readonly series: Series;
  /** How many messages the phone has then. */
  readonly count: number;
}

/** Jumps to the moment of a step, and shows what came. */
async function reached(stage: Stage, customer: Customer, { step, series, count }: Awaited): Promise<void> {
  const at = series.steps.find((one) => one.step === step)?.plannedAt ?? '';
  await jumpTo(stage, DateTime.fromISO(at, { setZone: true }).plus({ seconds: 1 }));
  const texts = await until(stage, `for an SMS to ${customer.name}`, {
    ask: () => receivedBy(stage, customer),
    wanted: (all) => all.length >= count,
  });
  stage.say(`It is ${spoken(texts.at(-1)?.acceptedAt ?? '')}. On the phone of ${customer.name}:`);
  stage.quote(texts.at(-1)?.text ?? '');
}

const receivedBy = ({ system }: Stage, { phone }: Customer): Promise<Received[]> =>
  system.ask<Received[]>('GET', `/sandbox/handsets/${phone.slice(1)}/messages`);

async function lineOf(stage: Stage, customer: Customer, why: string): Promise<Told> {
  const texts = await receivedBy(stage, customer);
  const kinds = texts.map(({ text }) => (text.includes('vos échéances') ? 'schedule' : 'reminder'));
  return {
    who: `${customer.name}, ${customer.where.includes('plans') ? 'two payments' : 'a renewal'}`,
    received: kinds.join(', ') || '-',
    when: texts.map(({ acceptedAt }) => spoken(acceptedAt)).join(', ') || '-',
    why,
  };
}
