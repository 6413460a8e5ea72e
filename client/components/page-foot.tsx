import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { TextLink } from './text-link.tsx';

/** Below what a screen is for: the way back, and where else to go from there. */
export function PageFoot({ children }: { children?: ReactNode }) {
  return (
    <p className="flex flex-wrap gap-x-6 border-t border-line pt-4">
      <TextLink to="/profile">
        <ArrowLeft aria-hidden className="mr-2 size-4.5" />
        Back to your profile
      </TextLink>
      {children}
    </p>
  );
}
