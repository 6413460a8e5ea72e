import { TextLink } from '../../components/text-link.tsx';

export function AccountExists({ email }: { email: string }) {
  return (
    <>
      This address has an account already.
      <TextLink to="/sign-in" search={true} state={{ email }} tone="message">
        Sign in instead?
      </TextLink>
    </>
  );
}
