{{ landed('benefits_admin', 'employees') }}
