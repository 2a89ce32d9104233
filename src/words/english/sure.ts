import type { Translation } from '../translation.ts';
import type { sure as french } from '../french/sure.ts';

/** What the console asks before something that cannot be undone. */
export const sure: Translation<typeof french> = {
  campaign: {
    willNotLeave: ['message will not leave.', 'messages will not leave.'],
    haveLeft: ['has left already, and stays sent.', 'have left already, and stay sent.'],
    title: ({ name }) => `Cancel the campaign “${name}”?`,
    noMore: 'It will not come again.',
    effect: 'A cancelled campaign cannot be resumed. To stop it for a while, pause it.',
    label: 'Cancel the campaign',
  },
  draft: {
    title: ({ name }) => `Discard the draft “${name}”?`,
    effect: 'It can no longer be launched. Nobody received anything.',
    label: 'Discard the draft',
  },
  import: {
    title: 'Cancel this import?',
    read: ['row is read already, and stays.', 'rows are read already, and stay.'],
    effect: 'The others will not be read, and the file is no longer kept.',
    ofSuppressions:
      'It is a list of people who left: whoever of it is not read yet may be written to again. Send the corrected file first, wait until it is read, then cancel this import.',
    label: 'Cancel the import',
  },
  series: {
    title: ({ reference }) => `Cancel the reminders of ${reference}?`,
    willNotLeave: ['reminder will not leave.', 'reminders will not leave.'],
    effect: 'The event itself counts as cancelled.',
    wasTold: 'The person was told of it already: an SMS will say that it is cancelled.',
    label: 'Cancel the reminders',
  },
  decisions: {
    'not-stop': [
      'It is no refusal',
      'What this reply had suspended may leave again. An opposition in clear words stays.',
    ],
    stop: [
      'Record a refusal',
      'Offers stop, and so do the messages of the purpose that the person answered.',
    ],
    'stop-all': [
      'Record a refusal of everything',
      'No message will leave for this number any more, reminders of appointments included.',
    ],
  },
  decision: {
    title: ({ label, from }) => `${label}: ${from}?`,
    takenBack:
      'The decision can be taken back from that page; a series of reminders that ended does not start again.',
  },
  waiting: ({ count }) => `Messages that wait for this person today: ${count}.`,
  takeBack: {
    suspendsAgain: 'What it gave back is suspended again until somebody reads the reply.',
    freesAgain: 'What it alone barred may leave again; an opposition with another ground stays.',
    title: ({ from }) => `Take the decision back: ${from}?`,
    effect: 'The reply waits to be read again.',
    label: 'Take the decision back',
  },
  leaving: {
    title: ({ who, what }) => `Record the opposition of ${who} (${what})?`,
    ofAll: 'No message will leave for this number any more, reminders of appointments included.',
    ofOne: ({ what }) => `No message of that purpose (${what}) will leave for this number any more.`,
    lasts: 'An opposition is never deleted: a new agreement with its proof alone lifts it.',
    label: 'Record the opposition',
  },
  key: {
    title: ({ name }) => `Revoke the key “${name}”?`,
    effect: 'The person or tool that uses it is refused from now on. A revoked key does not come back.',
    lastUsed: ({ lastUsed }) => `Last used: ${lastUsed}.`,
    isOwn: 'It is the key by which you came in: you will be out.',
    isLastAdmin: 'It is the last admin key: nobody will be able to make a key from here.',
    label: 'Revoke the key',
  },
  form: {
    title: ({ title }) => `Close the form “${title}”?`,
    effect:
      'Its link, also on sheets already printed, will take no agreement any more. A closed form does not open again.',
    label: 'Close the form',
  },
  back: 'Change nothing',
};
