import { DateTime } from 'luxon';
import type { Series, SeriesDetails } from './series.ts';
import { paidAt, type PaymentTerms, type SubscriptionTerms } from './terms.ts';

/** One payment as answers show it; its amount is null once the person was erased. */
interface InstalmentView {
  readonly number: number;
  readonly dueOn: string;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly paidAt: string | null;
}

/** What a series reminds of, by its kind. */
export interface EventView {
  /** Of an appointment: with the offset of the place where it happens. */
  readonly startsAt?: string;
  readonly service?: string | null;
  readonly renewsOn?: string;
  readonly refuseBy?: string | null;
  readonly tacitRenewal?: boolean;
  readonly regime?: SubscriptionTerms['regime'];
  readonly legalNoticeRef?: string | null;
  /** `missing` until somebody names the letter: no SMS takes its place. */
  readonly legalNotice?: 'recorded' | 'missing' | 'not-needed';
  readonly label?: string | null;
  readonly announce?: boolean;
  readonly instalments?: readonly InstalmentView[];
}

/** The event of a series; what is encrypted of it is null once its person was erased. */
export function eventView(series: Series, details: SeriesDetails | undefined): EventView {
  const { terms } = series;
  switch (terms.kind) {
    case 'appointment':
      return {
        startsAt:
          DateTime.fromISO(series.eventAt, { zone: series.eventZone }).toISO({
            suppressMilliseconds: true,
          }) ?? series.eventAt,
      };
    case 'subscription':
      return contractView(terms, series, details);
    case 'payment-plan':
      return { label: details?.label ?? null, announce: terms.announce, ...plan(terms, series, details) };
    default:
      return terms satisfies never;
  }
}

function contractView(
  { renewsOn, refuseBy, tacit, regime }: SubscriptionTerms,
  { legalNotice }: Series,
  details: SeriesDetails | undefined,
): EventView {
  const recorded = legalNotice ? 'recorded' : 'missing';
  return {
    service: details?.service ?? null,
    renewsOn,
    refuseBy,
    tacitRenewal: tacit,
    regime,
    legalNoticeRef: details?.legalNoticeRef ?? null,
    legalNotice: tacit ? recorded : 'not-needed',
  };
}

const plan = (
  { instalments }: PaymentTerms,
  { paid }: Series,
  details: SeriesDetails | undefined,
): Pick<EventView, 'instalments'> => ({
  instalments: instalments.map((instalment) => {
    const found = details?.amounts?.find(({ number }) => number === instalment.number);
    const { amount = null, currency = null } = found ?? {};
    return { ...instalment, amount, currency, paidAt: paidAt(paid, instalment) ?? null };
  }),
});
