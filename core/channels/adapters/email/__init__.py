"""Mail: by SMTP, or over the API of a service that sends it. One rendering for all of them."""
