export {
  chargedIn,
  chargedThere,
  type LineType,
  LONGEST_NUMBER,
  maskPhone,
  type NumberReason,
  numberSentence,
  type PhoneHint,
  type PhoneReading,
  readPhone,
  readPhoneByBlock,
  refusedNumber,
} from './phone-number.ts';
