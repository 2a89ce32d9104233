import { DateTime } from 'luxon';
import { showDate, showMoment, type View, showMoney, type Values } from '../../sms/index.ts';
import type { Series, SeriesDetails } from './series.ts';
import type { Step } from '../steps/step.ts';
import { instalmentOf, paidAt, type Instalment, type PaymentTerms, type SubscriptionTerms } from './terms.ts';
import { wordsIn } from '../../words/index.ts';

/** A step about to be put into words. */
export interface Saying {
  readonly series: Series;
  readonly step: Step;
  readonly details: SeriesDetails;
  readonly view: View;
}

/** What texts may say of the event, read on the clocks of its place. */
export function saidValues(saying: Saying): Values {
  const { series, step, view } = saying;
  const { terms } = series;
  switch (terms.kind) {
    case 'appointment':
      return { ...showMoment(DateTime.fromISO(step.eventAt), view) };
    case 'subscription':
      return contractValues(terms, saying);
    case 'payment-plan':
      return { ...paymentValues(terms, saying), ...instalmentValues(terms, saying) };
    default:
      return terms satisfies never;
  }
}

const contractValues = ({ renewsOn, refuseBy }: SubscriptionTerms, { details, view }: Saying): Values => ({
  service: details.service,
  renewsOn: showDate(renewsOn, view),
  refuseBy: refuseBy === null ? undefined : showDate(refuseBy, view),
});

/** The whole plan: what still lies ahead and was not paid. */
function paymentValues(terms: PaymentTerms, saying: Saying): Values {
  const { series, details, view } = saying;
  const today = view.now.setZone(view.zone).toISODate() ?? '';
  const ahead = terms.instalments.filter(
    (one) => one.dueOn >= today && paidAt(series.paid, one) === undefined,
  );
  const shown = ahead.map((one) => instalmentShown(one, saying));
  return {
    label: details.label,
    count: String(shown.length),
    instalments: shown.join(', '),
    firstInstalment: shown[0],
    lastInstalment: shown.at(-1),
  };
}

/** « 49,00 € le 12/08 ». */
const instalmentShown = (instalment: Instalment, saying: Saying): string =>
  wordsIn(saying.view.language).sms.amountOn({
    amount: amountOf(instalment, saying),
    date: showDate(instalment.dueOn, saying.view),
  });

function instalmentValues(terms: PaymentTerms, saying: Saying): Values {
  const instalment = instalmentOf(saying.step.step, terms);
  if (instalment === undefined) return {};
  return {
    number: String(instalment.number),
    amount: amountOf(instalment, saying),
    dueOn: showDate(instalment.dueOn, saying.view),
  };
}

function amountOf({ number }: Instalment, { details, view }: Saying): string {
  const found = details.amounts?.find((amount) => amount.number === number);
  return found === undefined ? '' : showMoney(found, view.language);
}
