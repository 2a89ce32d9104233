import { DateTime } from 'luxon';
import { openDay, restDays } from './days.ts';
import { counting } from './place.ts';
import { inWords } from './reason.ts';
import { breathe, jumpTo, lawNow, spoken, until, type Stage, type Told } from './stage.ts';

const PRACTICE = 'demo-tilleuls';
const WORDING =
  'J’accepte de recevoir par SMS les rappels de mes rendez-vous au Cabinet des Tilleuls. Je peux arrêter à tout moment.';

interface Step {
  readonly step: string;
  readonly plannedAt: string | null;
  readonly state: string;
  readonly because?: { readonly code: string; readonly text: string };
}

interface Series {
  readonly state: string;
  readonly why: string | null;
  readonly steps: readonly Step[];
}

/** Somebody who has an appointment. */
interface Patient {
  readonly name: string;
  readonly phone: string;
  readonly startsAt: DateTime;
  readonly reminder: string;
  readonly agreed: boolean;
}

interface Received {
  readonly text: string;
  readonly acceptedAt: string;
}

/** A practice books around a Sunday and a holiday, and moves one whose reminder has left. */
export async function practice(stage: Stage): Promise<readonly Told[]> {
  stage.say('THE PRACTICE. Cabinet des Tilleuls books four appointments, each with one reminder.');
  await stage.system.ask('PUT', `/v1/practices/${PRACTICE}`, {
    body: {
      name: 'Cabinet des Tilleuls',
      sender: 'TILLEULS',
      phone: '01 99 00 12 35',
      address: '12 rue des Tilleuls',
      timeZone: 'Europe/Paris',
    },
  });
  const patients = await patientsOf(stage);
  for (const patient of patients) await bookAndSay(stage, patient);
  await movedOnce(stage, patients[1]);
  await theHoliday(stage, patients[2]);
  await jumpTo(stage, patients[2].startsAt.plus({ hours: 2 }));
  await allEnded(stage, patients);
  return Promise.all(patients.map((patient) => lineOf(stage, patient)));
}

async function patientsOf(stage: Stage): Promise<readonly [Patient, Patient, Patient, Patient]> {
  const now = await lawNow(stage);
  const { sunday, holiday } = await restDays(stage, now.plus({ days: 2 }));
  const monday = await openDay(stage, sunday.on.plus({ days: 1 }));
  const afterHoliday = await openDay(stage, holiday.on.plus({ days: 1 }));
  const numbers = numbersOf(stage.run);
  const afterSunday = { reminder: lead(monday, sunday.on), agreed: true };
  return [
    { name: 'Ana', phone: numbers(0), startsAt: monday.set({ hour: 10, minute: 30 }), ...afterSunday },
    { name: 'Chloé', phone: numbers(1), startsAt: monday.set({ hour: 10, minute: 30 }), ...afterSunday },
    {
      name: 'Benoît',
      phone: numbers(2),
      startsAt: afterHoliday.set({ hour: 15 }),
      reminder: lead(afterHoliday, holiday.on),
      agreed: true,
    },
    { name: 'David', phone: numbers(3), startsAt: monday.set({ hour: 11 }), ...afterSunday, agreed: false },
  ];
}

/** The reminder that falls on a day of rest. */
const lead = (day: DateTime, rest: DateTime): string => `P${Math.round(day.diff(rest, 'days').days)}D`;

/** Numbers kept for fiction, others at each telling. */
function numbersOf(run: string): (at: number) => string {
  const first = 100 + (Number.parseInt(run, 36) % 2_470) * 4;
  return (at) => `+3363998${String(first + at).padStart(4, '0')}`;
}

const externalId = ({ run }: Stage, { name }: Patient): string =>
  `demo-${run}-${name.normalize('NFD').replace(/[^A-Za-z]/g, '')}`;

const book = (stage: Stage, patient: Patient, startsAt: DateTime): Promise<Series> =>
  stage.system.ask<Series>('PUT', `/v1/appointments/${externalId(stage, patient)}`, {
    body: {
      contact: { phone: patient.phone },
      practice: PRACTICE,
      startsAt: startsAt.toFormat("yyyy-MM-dd'T'HH:mm"),
      timeZone: 'Europe/Paris',
      reminders: [patient.reminder],
      consent: patient.agreed ? { method: 'paper', grantedAt: '2026-06-01T09:00', wording: WORDING } : null,
    },
  });

async function bookAndSay(stage: Stage, patient: Patient): Promise<void> {
  const { steps, why } = await book(stage, patient, patient.startsAt);
  const planned = steps.find(({ state }) => state === 'planned');
  stage.say(
    `${patient.name} comes on ${spoken(patient.startsAt)}; one reminder ${counting(Number(patient.reminder.slice(1, -1)), 'day', 'days')} before.`,
  );
  if (planned?.because !== undefined) stage.quote(planned.because.text);
  else if (!patient.agreed)
    stage.say(
      `  Nobody asked ${patient.name}: the booking is kept, nothing will leave: ${inWords(why ?? 'NO_BASIS')}.`,
    );
}

const seriesOf = (stage: Stage, patient: Patient): Promise<Series> =>
  stage.system.ask<Series>('GET', `/v1/appointments/${externalId(stage, patient)}`);

const receivedBy = ({ system }: Stage, { phone }: Patient): Promise<Received[]> =>
  system.ask<Received[]>('GET', `/sandbox/handsets/${phone.slice(1)}/messages`);

async function reminded(stage: Stage, patient: Patient): Promise<void> {
  const { steps } = await seriesOf(stage, patient);
  const at = steps.find(({ state }) => state === 'planned')?.plannedAt;
  if (at !== undefined && at !== null)
    await jumpTo(stage, DateTime.fromISO(at, { setZone: true }).plus({ seconds: 1 }));
  const texts = await nth(stage, patient, 1);
  stage.say(`It is ${spoken(texts.at(-1)?.acceptedAt ?? '')}. On the phone of ${patient.name}:`);
  stage.quote(texts.at(-1)?.text ?? '');
}

const nth = (stage: Stage, patient: Patient, count: number): Promise<Received[]> =>
  until(stage, `for an SMS to ${patient.name}`, {
    ask: () => receivedBy(stage, patient),
    wanted: (texts) => texts.length >= count,
  });

async function movedOnce(stage: Stage, patient: Patient): Promise<void> {
  await reminded(stage, patient);
  stage.look('the phone', `${stage.system.url}/sandbox?lang=en`);
  await breathe(stage, 2);
  const moved = await openDay(stage, patient.startsAt.plus({ days: 1 }));
  const startsAt = moved.set({ hour: 16 });
  await book(stage, patient, startsAt);
  stage.say(
    `Now ${patient.name}’s appointment moves to ${spoken(startsAt)}. What was said is wrong: one correction is owed.`,
  );
  await jumpTo(stage, (await lawNow(stage)).plus({ minutes: 6 }));
  stage.quote((await nth(stage, patient, 2)).at(-1)?.text ?? '');
  await breathe(stage, 1);
}

async function theHoliday(stage: Stage, patient: Patient): Promise<void> {
  await reminded(stage, patient);
  await breathe(stage, 1);
}

async function allEnded(stage: Stage, patients: readonly Patient[]): Promise<void> {
  for (const patient of patients)
    await until(stage, 'for the appointments to end', {
      ask: () => seriesOf(stage, patient),
      wanted: ({ state }) => state !== 'open',
    });
}

async function lineOf(stage: Stage, patient: Patient): Promise<Told> {
  const texts = await receivedBy(stage, patient);
  const kinds = texts.map(({ text }) => (text.includes('déplacé') ? 'correction' : 'reminder'));
  return {
    who: `${patient.name}, ${spoken(patient.startsAt)}`,
    received: kinds.join(', ') || '-',
    when: texts.map(({ acceptedAt }) => spoken(acceptedAt)).join(', ') || '-',
    why: patient.agreed ? 'agreed; before the event, never on a day of rest' : inWords('NO_BASIS'),
  };
}
