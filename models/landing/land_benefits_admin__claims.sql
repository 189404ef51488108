{{ landed('benefits_admin', 'claims') }}
