/** A reminder that is asked for in every way there is; wall times are those of the person, of the event too. */
export interface PlannerCase {
  readonly about: string;
  readonly postalCode: string;
  readonly zone: string;
  /** The law clock. */
  readonly now: string;
  readonly event: string;
  readonly lead: string;
  readonly ifLate?: 'skip';
  /** When it leaves, by hand; or the code of why it does not. */
  readonly leaves: string;
}

const PARIS = { postalCode: '75011', zone: 'Europe/Paris' };
const REUNION = { postalCode: '97400', zone: 'Indian/Reunion' };
const MAYOTTE = { postalCode: '97600', zone: 'Indian/Mayotte' };
const METZ = { postalCode: '57000', zone: 'Europe/Paris' };
const STRASBOURG = { postalCode: '67000', zone: 'Europe/Paris' };
const NUKU_HIVA = { postalCode: '98742', zone: 'Pacific/Marquesas' };

/** By hand, from the sentences of WIN-04. */
export const PLANNER_CASES: readonly PlannerCase[] = [
  // At the moment wished.
  {
    about: 'open',
    ...PARIS,
    now: '2027-06-01T10:00',
    event: '2027-06-16T15:15',
    lead: 'P2D',
    leaves: '2027-06-14T15:15',
  },
  // Before the opening of an open day.
  {
    about: 'before eight',
    ...PARIS,
    now: '2027-06-01T10:00',
    event: '2027-06-15T07:30',
    lead: 'P1D',
    leaves: '2027-06-14T08:00',
  },
  {
    about: 'before eight, two days ahead',
    ...PARIS,
    now: '2027-06-01T10:00',
    event: '2027-06-16T07:15',
    lead: 'P2D',
    leaves: '2027-06-14T08:00',
  },
  {
    about: 'half of the lead is left',
    ...PARIS,
    now: '2027-01-01T10:00',
    event: '2027-01-12T10:00',
    lead: 'PT4H',
    leaves: '2027-01-12T08:00',
  },
  {
    about: 'a minute less than half is left',
    ...PARIS,
    now: '2027-01-01T10:00',
    event: '2027-01-12T09:59',
    lead: 'PT4H',
    leaves: '2027-01-11T19:59',
  },
  {
    about: 'before eight on the day itself',
    ...PARIS,
    now: '2027-01-01T10:00',
    event: '2027-01-12T06:30',
    lead: 'PT2H',
    leaves: '2027-01-11T19:59',
  },
  {
    about: 'before eight in Nuku Hiva',
    ...NUKU_HIVA,
    now: '2027-06-01T10:00',
    event: '2027-06-15T07:30',
    lead: 'P1D',
    leaves: '2027-06-14T08:00',
  },
  // Any other closed wish.
  {
    about: 'on a Sunday',
    ...PARIS,
    now: '2027-04-01T10:00',
    event: '2027-04-12T10:00',
    lead: 'P1D',
    leaves: '2027-04-10T10:00',
  },
  {
    about: 'before eight on a Sunday',
    ...PARIS,
    now: '2027-04-01T10:00',
    event: '2027-04-12T07:30',
    lead: 'P1D',
    leaves: '2027-04-10T19:59',
  },
  {
    about: 'in the evening',
    ...PARIS,
    now: '2027-06-01T10:00',
    event: '2027-06-16T20:30',
    lead: 'P1D',
    leaves: '2027-06-15T19:59',
  },
  {
    about: 'on Good Friday in Strasbourg',
    ...STRASBOURG,
    now: '2027-03-01T10:00',
    event: '2027-03-27T10:00',
    lead: 'P1D',
    leaves: '2027-03-25T10:00',
  },
  {
    about: 'on a holiday of La Réunion',
    ...REUNION,
    now: '2027-12-01T10:00',
    event: '2027-12-21T09:00',
    lead: 'P1D',
    leaves: '2027-12-18T09:00',
  },
  {
    about: 'on Good Friday in Metz',
    ...METZ,
    now: '2027-03-01T10:00',
    event: '2027-03-27T10:00',
    lead: 'P1D',
    leaves: '2027-03-25T10:00',
  },
  // Eid al-Fitr of 9 March: Monday and Wednesday rest too, and the 7th is a Sunday.
  {
    about: 'the morrow of a feast in Mayotte',
    ...MAYOTTE,
    now: '2027-02-01T10:00',
    event: '2027-03-11T10:00',
    lead: 'P1D',
    leaves: '2027-03-06T10:00',
  },
  // Too late for the wish.
  {
    about: 'booked on Saturday for Monday',
    ...PARIS,
    now: '2027-04-17T11:08',
    event: '2027-04-19T09:00',
    lead: 'P2D',
    leaves: '2027-04-17T11:14',
  },
  {
    about: 'booked for the same day',
    ...PARIS,
    now: '2027-04-17T11:08',
    event: '2027-04-17T14:30',
    lead: 'P2D',
    leaves: '2027-04-17T11:14',
  },
  {
    about: 'booked late, and late ones are skipped',
    ...PARIS,
    now: '2027-04-17T11:08',
    event: '2027-04-19T09:00',
    lead: 'P2D',
    ifLate: 'skip',
    leaves: 'LATE_BOOKING',
  },
  {
    about: 'booked on Sunday, half an hour would be left',
    ...PARIS,
    now: '2027-04-25T10:00',
    event: '2027-04-26T08:30',
    lead: 'P1D',
    leaves: 'LATE_BOOKING',
  },
  {
    about: 'booked on Sunday, less than half would be left',
    ...PARIS,
    now: '2027-04-18T10:00',
    event: '2027-04-19T17:00',
    lead: 'P1D',
    leaves: 'LATE_BOOKING',
  },
  {
    about: 'booked on Sunday night, half is left',
    ...PARIS,
    now: '2027-04-18T23:30',
    event: '2027-04-19T17:00',
    lead: 'P1D',
    leaves: '2027-04-19T08:00',
  },
  {
    about: 'less than two hours before',
    ...PARIS,
    now: '2027-04-20T08:40',
    event: '2027-04-20T10:30',
    lead: 'P2D',
    leaves: 'LATE_BOOKING',
  },
  {
    about: 'less than two hours before, by a lead of three',
    ...PARIS,
    now: '2027-04-20T08:40',
    event: '2027-04-20T10:30',
    lead: 'PT3H',
    leaves: '2027-04-20T08:46',
  },
  {
    about: 'less than half of a short lead',
    ...PARIS,
    now: '2027-04-20T09:10',
    event: '2027-04-20T10:30',
    lead: 'PT3H',
    leaves: 'LATE_BOOKING',
  },
  {
    about: 'booked at night for the morning',
    ...PARIS,
    now: '2027-04-20T05:00',
    event: '2027-04-20T10:00',
    lead: 'P2D',
    leaves: 'LATE_BOOKING',
  },
  {
    about: 'booked at six for ten',
    ...PARIS,
    now: '2027-04-20T06:01',
    event: '2027-04-20T10:00',
    lead: 'P2D',
    leaves: '2027-04-20T08:00',
  },
  {
    about: 'a night before seven',
    ...PARIS,
    now: '2027-04-19T21:00',
    event: '2027-04-20T07:00',
    lead: 'P1D',
    leaves: 'LATE_BOOKING',
  },
  // Still ahead, but what it would move to has passed.
  {
    about: 'a Sunday wished, booked on Saturday night',
    ...PARIS,
    now: '2027-04-17T21:00',
    event: '2027-04-21T10:00',
    lead: 'P3D',
    leaves: '2027-04-19T08:00',
  },
  {
    about: 'the same when late ones are skipped',
    ...PARIS,
    now: '2027-04-17T21:00',
    event: '2027-04-21T10:00',
    lead: 'P3D',
    ifLate: 'skip',
    leaves: 'LATE_BOOKING',
  },
  {
    about: 'an evening wished, booked after the close',
    ...PARIS,
    now: '2027-04-20T20:10',
    event: '2027-04-21T21:00',
    lead: 'P1D',
    leaves: '2027-04-21T08:00',
  },
  {
    about: 'the last minute of Saturday, booked that afternoon',
    ...PARIS,
    now: '2027-01-09T15:00',
    event: '2027-01-11T14:30',
    lead: 'P1D',
    leaves: '2027-01-09T19:59',
  },
];
