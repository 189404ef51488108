{{ landed('benefits_admin', 'plans') }}
