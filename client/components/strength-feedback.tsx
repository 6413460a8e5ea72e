interface StrengthFeedbackProps {
  level: 'empty' | 'weak' | 'good';
  /** How far the bar goes, 0 to 1. It shows nothing that the words do not say. */
  progress: number;
  words: string;
}

/** Follows each key for the eye; what is read out comes from StrengthStatus, after a pause. */
export function StrengthFeedback({ level, progress, words }: StrengthFeedbackProps) {
  const tone = level === 'good' ? 'bg-accent' : 'bg-muted';
  return (
    <span className="block">
      <span aria-hidden className="mt-0.5 mb-1.5 block h-1 overflow-hidden rounded-full bg-line">
        <span
          className={`block h-full origin-left rounded-full transition-transform ${tone}`}
          style={{ transform: `scaleX(${progress})` }}
        />
      </span>
      <span className={level === 'good' ? 'font-medium text-accent' : undefined}>{words}</span>
    </span>
  );
}
