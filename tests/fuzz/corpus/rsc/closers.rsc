}
)
]
=
:put )
:put ]
